// How long a test waits for what has to come. A machine may be busy with everything else for many seconds; a test that passes is
// not slower for it. What must not come is waited for in the tests themselves, and shortly.
namespace Baton.Conformance.Harness;

public static class Patience
{
    public const int Ms = 60_000;
}
