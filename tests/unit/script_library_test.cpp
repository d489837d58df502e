#include "script_fixture.hpp"

using namespace runnel::core;

TEST_CASE("job has its fields") {
  ScriptFixture f;
  CHECK(f.printed("print(job.job_id, job.worker_id, job.flow_id, job.status, job.error, job.completed_at)") ==
        "job-1\tw0\tshop\trunning\tnil\tnil");
  CHECK(f.printed("print(job.created_at, job.metadata.user_id, job.no_such_field)") ==
        "2000-01-01T00:00:00.000000Z\talice\tnil");
  CHECK(f.printed("print(type(job.data), #job.data, job.data.x)") == "table\t0\tnil");
}

TEST_CASE("job data is set and read at once") {
  ScriptFixture f;
  CHECK(f.printed(
            "job.set_data('b', 1) job.set_data('a', {x = {1}}) job.set_data('b', 2.5) "
            "print(job.get_data('b'), job.get_data('a').x[1], job.get_data('c'), job.get_data('c', 'd'), job.data.b) "
            "for k, v in pairs(job.data) do print(k, v) end print(#job.data, job.data)") ==
        "2.5\t1\tnil\td\t2.5\nb\t2.5\na\t{\"x\":[1]}\n2\t{\"b\":2.5,\"a\":{\"x\":[1]}}");
  CHECK(f.printed(
            "job.set_data('n', nil) job.set_data('m', json.null) print(job.get_data('n', 1), job.get_data('m', 2))") ==
        "1\t2");
  CHECK(to_json(f.job.data.get("n")) == "null");
  CHECK(f.failure_of("job.set_data(1, 2)").find("string expected") != std::string::npos);
  CHECK(f.failure_of("job.set_data('a', print)") == "a function is no JSON value");
}

TEST_CASE("routine data lies under the routine's id") {
  ScriptFixture f;
  CHECK(f.printed("job.set_routine_data('n', 1) job.set_routine_data('m', {}) job.set_routine_data('n', 2) "
                  "print(job.get_routine_data('n'), job.get_routine_data('x', 'd'))") == "2\td");
  CHECK(to_json(f.job.data.get("logic")) == R"({"n":2,"m":{}})");
}

TEST_CASE("traces carry action and details") {
  ScriptFixture f;
  CHECK(f.script("job.trace('one') job.trace('two', {b = 1, a = {2}}) job.trace('three', data)") == "");
  f.data(R"({"x":1.50})");
  CHECK(f.script("job.trace('three', data)") == "");
  REQUIRE(f.job.trace_log.size() == 4);
  CHECK(to_std_string(f.job.trace_log.at(0).action) == "one");
  CHECK(to_json(f.job.trace_log.at(1).details) == R"({"a":[2],"b":1})");
  CHECK(to_json(f.job.trace_log.at(3).details) == R"({"x":1.50})");
  CHECK(to_std_string(f.job.trace_log.at(3).routine_id) == "logic");
  CHECK(f.printed("print(#job.trace_log, job.trace_log[2].action, job.trace_log[2].details.b)") == "4\ttwo\t1");
  CHECK(f.failure_of("job.trace('x', {1, 2})") == "job.trace: the details must be an object, not table");
  CHECK(f.failure_of("job.trace('x', 5)") == "job.trace: the details must be an object, not number");
  CHECK(f.failure_of("job.trace()").find("string expected") != std::string::npos);
}

TEST_CASE("complete asks for a final status") {
  ScriptFixture f;
  CHECK(f.script("job.complete()") == "");
  REQUIRE(f.context.complete);
  CHECK(f.context.complete->status == Status::completed);
  CHECK(f.script("job.complete('failed', 'why') job.complete('cancelled')") == "");
  REQUIRE(f.context.complete);
  CHECK(f.context.complete->status == Status::failed);
  CHECK(to_std_string(f.context.complete->error) == "why");
  CHECK(f.script("job.complete('done')").starts_with("job.status: \"done\" is no final status"));
}

TEST_CASE("a call with a colon says how it is meant") {
  ScriptFixture f;
  CHECK(f.failure_of("job:trace('x')") == "call it with a dot: job.trace(action, details)");
  CHECK(f.failure_of("job:get_data('x')") == "call it with a dot: job.get_data(key, default)");
  CHECK(f.failure_of("worker:get('x')") == "call it with a dot: worker.get(key, default)");
  CHECK(f.failure_of("worker.shared:set('x', 1)") == "call it with a dot: worker.set(key, value)");
}

TEST_CASE("emit takes declared events and any JSON") {
  ScriptFixture f;
  CHECK(f.script("emit('validated', {1}) emit('e') emit('e', 'x')") == "");
  REQUIRE(f.emissions.size() == 3);
  CHECK(f.emissions[0].event == 1);
  CHECK(to_json(f.emissions[0].item) == "[1]");
  CHECK(to_json(f.emissions[1].item) == "null");
  CHECK(f.emissions[2].event == 0);
  CHECK(f.script("emit('valdated', 1)") ==
        "event.unknown: no event \"valdated\" in routine \"logic\"; did you mean \"validated\"? (flow.yaml:10:7)");
  CHECK(f.failure_of("emit(1)").find("string expected") != std::string::npos);
  CHECK(f.failure_of("emit('e', 1, {job = 2})") == "emit: there is no job 2 in jobs()");
  CHECK(f.failure_of("emit('e', 1, {job = 1}, 2)") == "emit takes an event, an item and {job = i}");
  f.compile({{ExpressionKind::lua_script, "emit('e', 1)"}});
  f.renew();
  f.context.emissions = nullptr;
  Value value{};
  CHECK_FALSE(f.engine->evaluate(0, f.context, value));
  CHECK(f.context.failure.message == "emit is not possible here");
}

TEST_CASE("worker state is seen at once and held back until the commit") {
  ScriptFixture f;
  CHECK(f.printed(
            "print(worker.get('n'), worker.get('n', 5)) worker.set('n', {a = {1.50}}) print(worker.get('n').a[1]) "
            "print(worker.update('c', function(c) return (c or 0) + 1 end), worker.get('c'))") == "nil\t5\n1.5\n1\t1");
  CHECK(is_missing(f.own.get("n")));
  f.state.commit();
  CHECK(to_json(f.own.get("n")) == R"({"a":[1.5]})");
  CHECK(to_json(f.own.get("c")) == "1");
  CHECK(f.script(
            "worker.shared.set('s', 1) worker.shared.update('s', function(s) return s + 1 end) worker.set('n', nil)") ==
        "");
  f.state.commit();
  CHECK(to_json(f.shared.get("s")) == "2");
  CHECK(is_missing(f.own.get("n")));
  CHECK(f.printed("print(worker.shared.get('s'), worker.get('s'), worker.shared.get('c', 'none'))") == "2\tnil\tnone");
  f.compile({{ExpressionKind::lua_script, "worker.get('x')"}});
  f.renew();
  f.context.state = nullptr;
  Value value{};
  CHECK_FALSE(f.engine->evaluate(0, f.context, value));
  CHECK(f.context.failure.message == "there is no worker state here");
}

TEST_CASE("an error inside the function of update leaves the old value") {
  ScriptFixture f;
  f.printed("worker.set('n', 1) worker.set('gone', 1)");
  f.state.commit();
  CHECK(
      f.printed("print(pcall(worker.update, 'n', function(n) error('no') end), worker.get('n'))").starts_with("false"));
  CHECK(f.printed("print(worker.get('n'), worker.update('n', function(n) worker.set('n', 7) return n + 1 end))") ==
        "1\t2");
  f.state.commit();
  CHECK(f.printed("print(worker.get('n'), worker.update('gone', function() return nil end))") == "2\tnil");
  f.state.commit();
  CHECK(f.printed("print(worker.get('gone', 'none'))") == "none");
}

TEST_CASE("thousands of writes of one activation are seen and committed, and so are those of the next") {
  ScriptFixture f;
  CHECK(f.printed("for i = 1, 5000 do worker.set('k' .. i, i) worker.shared.set('k' .. i, -i) end "
                  "print(worker.get('k1'), worker.get('k5000'), worker.shared.get('k4000'))") == "1\t5000\t-4000");
  f.state.commit();
  CHECK(f.printed("for i = 1, 4999 do worker.set('k' .. i, nil) end print(worker.get('k4999', 'none'))") == "none");
  f.state.commit();
  CHECK(f.printed("print(worker.get('k1', 'none'), worker.get('k5000'), worker.shared.get('k1'))") == "none\t5000\t-1");
}

TEST_CASE("what comes from worker state outlives its replacement") {
  ScriptFixture f;
  CHECK(f.script("worker.set('v', {list = {1, {deep = 'text'}}, n = json.decode('[12345678901234567890, 1.50]')})") ==
        "");
  f.state.commit();
  CHECK(f.script("local v = worker.get('v') emit('e', {a = v.list, b = v.n[1], c = v.n[2], d = v, e = v.list[2].deep}) "
                 "job.set_data('v', {v.list[2]}) job.trace('t', v) worker.set('v', {1}) worker.set('w', v)") == "");
  f.state.commit();  // frees what stood under v
  REQUIRE(f.emissions.size() == 1);
  CHECK(to_json(f.emissions[0].item) ==
        R"({"a":[1,{"deep":"text"}],"b":12345678901234567890,"c":1.50,)"
        R"("d":{"list":[1,{"deep":"text"}],"n":[12345678901234567890, 1.50]},"e":"text"})");
  CHECK(to_json(f.job.data.get("v")) == R"([{"deep":"text"}])");
  CHECK(to_json(f.job.trace_log.at(0).details).find("\"deep\":\"text\"") != std::string::npos);
  CHECK(to_json(f.own.get("w")).find("\"deep\":\"text\"") != std::string::npos);
  CHECK(to_json(f.own.get("v")) == "[1]");
}

TEST_CASE("print writes tabs and a newline into the job's output") {
  ScriptFixture f;
  f.data(R"({"o":{"a":1}})");
  CHECK(f.script("print('a', 1, 2.0, nil, true, data.o) print() print('\\xff')") == "");
  CHECK(f.job.output.text() == "a\t1\t2.0\tnil\ttrue\t{\"a\":1}\n\n\\xff\n");
}

TEST_CASE("regular expressions") {
  ScriptFixture f;
  CHECK(f.printed("print(re.match('key=value', '(\\\\w+)=(\\\\w+)'))") == "key\tvalue");
  CHECK(f.printed("print(re.match('abc123', '\\\\d+'), re.match('abc', '\\\\d+'), re.match('b', '(a)?b'))") ==
        "123\tnil\t");
  CHECK(f.printed("print(re.match('a1b2', '\\\\d', 3), re.match('a1b2', '\\\\d', -2), re.match('a', 'a', 9))") ==
        "2\t2\tnil");
  CHECK(f.printed("print(re.find('hello world', 'o (w)'))") == "5\t7\tw");
  CHECK(f.printed("print(re.find('hello', 'l+')) print(re.find('hello', 'z'))") == "3\t4\nnil");
  CHECK(f.printed("print(re.test('x1', '[0-9]'), re.test('x', '[0-9]'), re.test('', ''))") == "true\tfalse\ttrue");
  CHECK(f.printed("for k, v in re.gmatch('a=1, b=2', '(\\\\w)=(\\\\w)') do print(k, v) end") == "a\t1\nb\t2");
  CHECK(f.printed("for w in re.gmatch('one two', '\\\\pL+') do print(w) end") == "one\ntwo");
  CHECK(f.printed("print(re.gsub('hello world', 'o', '0'))") == "hell0 w0rld\t2");
  CHECK(f.printed("print(re.gsub('hello world', '(\\\\w+)', '<\\\\1>', 1))") == "<hello> world\t1");
  CHECK(f.printed("print(re.gsub('abc', 'x*', '-'))") == "-a-b-c-\t4");
  CHECK(f.printed("print(re.gsub('12a', '\\\\d*', 'n'))") == "nan\t2");
  CHECK(f.printed("print(re.gsub('a.b', '[.]', '\\\\\\\\'))") == "a\\b\t1");
  CHECK(f.printed("print(re.gsub('\\u{e9}\\u{e9}', '', '|'))") == "|\xc3\xa9|\xc3\xa9|\t3");
  CHECK(f.failure_of("re.match('x', '(')") == "bad pattern: missing ): (");
  CHECK(f.failure_of("re.gsub('x', 'x', '\\\\1')") == "bad replacement: \\1, but the pattern has 0 groups");
  CHECK(f.failure_of("re.gsub('x', 'x', '\\\\q')").starts_with("bad replacement: "));
  CHECK(f.printed("print(pcall(re.test, 'x', '(?=a)'))").starts_with("false\t"));
  CHECK(f.printed("for i = 1, 500 do assert(re.test('n' .. i, '^n' .. i .. '$')) end print('ok')") == "ok");
  CHECK(f.printed("for w in re.gmatch('a b', '\\\\w') do for i = 1, 200 do re.test('x', 'y' .. i) end print(w) end") ==
        "a\nb");
}

TEST_CASE("tables") {
  ScriptFixture f;
  CHECK(f.printed("local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) print(table.concat(t, ','))") ==
        "0,1,2,3");
  CHECK(
      f.printed(
          "local t = {1, 2, 3} print(table.remove(t), table.remove(t, 1), #t, table.remove({}), table.remove(t, 2))") ==
      "3\t1\t1\tnil\tnil");
  CHECK(f.printed("print(table.concat(table.move({1, 2, 3}, 2, 3, 1), ','), table.concat(table.move({1, 2, 3}, 1, 3, "
                  "2), ','))") == "2,3,3\t1,1,2,3");
  CHECK(
      f.printed("print(table.unpack({1, 2, 3}, 2)) print(table.unpack({1, 2}, 1, 3)) print(table.pack(1, nil, 3).n)") ==
      "2\t3\n1\t2\tnil\n3");
  CHECK(f.printed("local t = {5, 2, 8, 1, 9, 3} table.sort(t) print(table.concat(t, ' ')) "
                  "table.sort(t, function(a, b) return a > b end) print(table.concat(t, ' '))") ==
        "1 2 3 5 8 9\n9 8 5 3 2 1");
  CHECK(f.printed("local t = {} for i = 1, 200 do t[i] = {k = i % 3, i = i} end table.sort(t, function(a, b) return "
                  "a.k < b.k end) "
                  "local ok = true for i = 2, 200 do ok = ok and (t[i - 1].k < t[i].k or (t[i - 1].k == t[i].k and t[i "
                  "- 1].i < t[i].i)) end "
                  "print(ok)") == "true");
  CHECK(f.failure_of("table.sort({1, 'x'})") == "attempt to compare string with number");
  CHECK(f.failure_of("table.insert({1}, 5, 1)").find("out of bounds") != std::string::npos);
  CHECK(f.failure_of("table.remove({1}, 5)").find("out of bounds") != std::string::npos);
  CHECK(f.failure_of("table.concat({1, {}})") == "invalid value (at index 2) in table for 'concat'");
  CHECK(f.printed("print(table.concat({}, ','), #table.concat({'a', 'b'}, ', ', 2, 2))") == "\t1");
}

TEST_CASE("strings and utf8") {
  ScriptFixture f;
  CHECK(f.printed(
            "print(('abc'):upper(), ('x'):rep(3, '-'), ('abc'):sub(-2), ('abc'):byte(1), string.char(65), #'abc')") ==
        "ABC\tx-x-x\tbc\t97\tA\t3");
  CHECK(f.printed("print(string.format('%5.2f|%d|%q|%-4s|%x', 3.14159, 42, 'q', 'a', 255))") ==
        " 3.14|42|\"q\"|a   |ff");
  CHECK(
      f.printed("print(utf8.len('\\u{e9}a'), utf8.char(233), utf8.codepoint('\\u{e9}'), utf8.offset('\\u{e9}a', 2))") ==
      "2\t\xc3\xa9\t233\t3");
  CHECK(f.printed("print('10' + 5, '3' * '4')") == "15\t12");
}
