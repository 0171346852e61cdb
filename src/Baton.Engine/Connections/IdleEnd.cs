// Ends of a connection between two requests.
namespace Baton.Engine.Connections;

/// <summary>Why a connection without a request ends.</summary>
internal enum IdleEnd : byte
{
    ClientClosed,
    ClientFailed,
    TimedOut,
}
