// Runs random flows by the runtime and by the model, and tells what differs.
#pragma once

#include <functional>
#include <runnel/later.hpp>
#include <runnel/runtime.hpp>
#include <string>

#include "random_flow.hpp"
#include "reference_model.hpp"

namespace runnel::test {

// A suspended activation of class `later` that somebody has to finish.
struct Waiting {
  int64_t job;
  Later handle;
  std::function<void(Activation&)> rest;
};
// Where `later` leaves what it suspended; none: it goes on by itself. Called on workers' threads.
void keep_waiting_by(std::function<void(Waiting)> keep);

Flow load_text(const std::string& name, const std::string& yaml);  // with the class `later`
Flow load(const RandomFlow&);
// The data of a flow's job: {n, job}.
std::string data_of(const RandomFlow&, size_t job);
Json expected(
    const RandomFlow&, size_t job, const Model::Pick& = [](size_t) { return size_t{0}; });
Json shown_part(const std::string& record);  // of what the model makes
std::string difference(const RandomFlow&, size_t job, const Json& expected, const Json& actual);

// RUNNEL_MODEL_SEEDS flows from seed RUNNEL_MODEL_SEED on, by default `count` (under sanitizers a tenth) from 1 on.
// `check` returns "" or what is wrong; then a smaller flow that fails too is looked for, shown, and the test fails.
void check_random_flows(size_t count, const RandomFlowOptions&,
                        const std::function<std::string(const RandomFlow&, uint64_t seed)>& check);

}  // namespace runnel::test
