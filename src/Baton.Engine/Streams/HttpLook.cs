namespace Baton.Engine.Streams;

/// <summary>Whether what a client has sent so far is an HTTP request.</summary>
public enum HttpLook : byte
{
    Incomplete,
    Request,
    Other,
}
