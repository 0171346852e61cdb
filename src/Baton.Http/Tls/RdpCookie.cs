// The cookie an RDP client sends in its first packet: TPKT and X.224 headers of 11 bytes, then "Cookie: NAME=VALUE" and a
// line end. Load balancers keep a user on one server by it.
using System;
using Baton.Http.Headers;

namespace Baton.Http.Tls;

public static class RdpCookie
{
    private const int Headers = 11;

    /// <summary>The value of the cookie <paramref name="name"/>, of any when empty. COMPAT: read as HAProxy's req.rdp_cookie reads
    /// it.</summary>
    public static HelloStatus Parse(ReadOnlySpan<byte> data, scoped ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (data.Length <= Headers + 7)
            return HelloStatus.Incomplete;
        data = data[Headers..];
        if (!ByteClass.EqualsIgnoreCase(data[..7], "cookie:"u8))
            return HelloStatus.NotHello;
        data = data[7..].TrimStart((byte)' ');
        int line = data.IndexOf((byte)'\r');
        int equals = data.IndexOf((byte)'=');
        if (name.Length > 0)
        {
            if (data.Length <= name.Length)
                return HelloStatus.Incomplete;
            if (data[name.Length] != '=' || !ByteClass.EqualsIgnoreCase(data[..name.Length], name))
                return HelloStatus.NotHello;
            equals = name.Length;
        }
        else if (line >= 0 && (equals < 0 || equals > line))
            return HelloStatus.NotHello;
        if (line < 0 || line + 1 >= data.Length)
            return HelloStatus.Incomplete;
        if (data[line + 1] != '\n' || equals > line)
            return HelloStatus.NotHello;
        value = data[(equals + 1)..line];
        return HelloStatus.Complete;
    }
}
