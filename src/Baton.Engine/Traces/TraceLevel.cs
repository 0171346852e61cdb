// How much of its events a trace source tells. COMPAT: names, order and numbers are HAProxy's.
namespace Baton.Engine.Traces;

public enum TraceLevel : byte
{
    Error,
    User,
    Proto,
    State,
    Data,
    Developer,
}
