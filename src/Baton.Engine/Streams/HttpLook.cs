// Whether what a client of a stream in mode tcp has sent so far is an HTTP request.
namespace Baton.Engine.Streams;

/// <summary>What such bytes look like.</summary>
public enum HttpLook : byte
{
    Incomplete,
    Request,
    Other,
}
