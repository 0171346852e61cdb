// What a trace source does at the moment.
namespace Baton.Engine.Traces;

public enum TraceState : byte
{
    Stopped,

    /// <summary>For one of the events that start it.</summary>
    Waiting,
    Running,
}
