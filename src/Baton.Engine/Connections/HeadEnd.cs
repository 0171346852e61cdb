// Ends of a head that is not whole.
namespace Baton.Engine.Connections;

/// <summary>Why a head never became whole.</summary>
internal enum HeadEnd : byte
{
    Closed,
    Failed,
    TimedOut,
    Killed,
}
