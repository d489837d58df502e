// A static constructor that throws, which nobody can catch.
namespace {

const int kNumber = [] { return throw 42, 0; }();

}  // namespace

extern "C" const int* number() { return &kNumber; }
