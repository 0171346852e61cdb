// The parameters of the Forwarded field (RFC 7239 section 4).
namespace Baton.Http.Headers;

public enum ForwardedParameter : byte
{
    Proto,
    Host,
    By,
    For,
}
