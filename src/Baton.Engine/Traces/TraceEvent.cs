// An event of a trace source.
namespace Baton.Engine.Traces;

/// <param name="Name">As "trace SOURCE event" takes it.</param>
/// <param name="Says">What it is, in a few words.</param>
public sealed record TraceEvent(string Name, string Says);
