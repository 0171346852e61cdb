// What an event of a source is for.
namespace Baton.Engine.Traces;

public enum TraceUse : byte
{
    Report,
    Start,
    Stop,
    Pause,
}
