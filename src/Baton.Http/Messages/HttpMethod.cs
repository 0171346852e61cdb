// The request methods that matter to a proxy. Anything else is Other and travels as its bytes.
namespace Baton.Http.Messages;

/// <summary>A request method recognised while parsing. Methods are case-sensitive (RFC 9110 §9.1).</summary>
public enum HttpMethod : byte
{
    Other,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Connect,
    Options,
    Trace,
    Patch,
}
