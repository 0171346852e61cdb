// Whether anything is traced at all.
namespace Baton.Engine.Traces;

public static class TraceSwitch
{
    /// <summary>PERF: a field of a class without a static constructor, so that each place that could trace costs one test of it.</summary>
    public static bool On;
}
