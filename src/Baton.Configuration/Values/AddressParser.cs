// Addresses in all their forms (manual, "Address formats"): ip:port, *:port, name:port, [v6]:port, unix@, abns@, fd@,
// sockpair@, ipv4@, ipv6@, udp@ and friends, port ranges and offsets.
using System;
using System.Globalization;
using System.Net;
using System.Text;
using Baton.Configuration.Model;

namespace Baton.Configuration.Values;

public static class AddressParser
{
    /// <summary>Null with <paramref name="error"/> when it cannot be read. Names are kept, not resolved.</summary>
    public static AddressConfig? Parse(string text, AddressUse use, out string error)
    {
        error = "";
        text = Expand(text);
        string rest = text;
        bool datagram = false;
        AddressKind family = AddressKind.Any;
        int at = text.IndexOf('@');
        if (at > 0)
        {
            string prefix = text[..at];
            rest = text[(at + 1)..];
            switch (prefix)
            {
                case "ipv4" or "tcp4" or "tcp+ipv4":
                    family = AddressKind.IPv4;
                    break;
                case "ipv6" or "tcp6" or "tcp+ipv6":
                    family = AddressKind.IPv6;
                    break;
                case "tcp":
                    break;
                case "udp" or "udp4" or "udp6":
                    if (use is AddressUse.Bind or AddressUse.Server)
                    {
                        error = $"dgram-type address not acceptable in '{text}'";
                        return null;
                    }
                    datagram = true;
                    family =
                        prefix == "udp4" ? AddressKind.IPv4
                        : prefix == "udp6" ? AddressKind.IPv6
                        : AddressKind.Any;
                    break;
                case "unix" or "uxst" or "uxdg":
                    return Path(AddressKind.Unix, rest, text, prefix == "uxdg", ref error);
                case "abns" or "abnsz":
                    return Path(AddressKind.Abstract, rest, text, false, ref error);
                case "fd" or "sockpair" or "stdout" or "stderr":
                    if (use == AddressUse.Server && prefix != "sockpair")
                    {
                        error = $"a file descriptor is not acceptable here in '{text}'";
                        return null;
                    }
                    return Descriptor(prefix, rest, text, ref error);
                case "mptcp" or "mptcp4" or "mptcp6" or "quic4" or "quic6" or "rhttp" or "ring":
                    error = $"'{prefix}@' is a known HAProxy address family, not supported by Baton yet in '{text}'";
                    return null;
                default:
                    error = $"unknown address family '{prefix}@' in '{text}'";
                    return null;
            }
        }
        if (rest.StartsWith('/'))
            return Path(AddressKind.Unix, rest, text, datagram, ref error);
        return Inet(rest, text, family, datagram, use, ref error);
    }

    /// <summary>COMPAT: variables of the environment count in an address also where no quotes stand around it, and what is unset is
    /// empty.</summary>
    private static string Expand(string text)
    {
        if (!text.Contains('$'))
            return text;
        var expanded = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '$')
            {
                expanded.Append(text[i]);
                continue;
            }
            bool braces = i + 1 < text.Length && text[i + 1] == '{';
            int start = i + (braces ? 2 : 1),
                end = start;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
                end++;
            if (end > start)
                expanded.Append(Environment.GetEnvironmentVariable(text[start..end]));
            i = braces && end < text.Length && text[end] == '}' ? end : end - 1;
        }
        return expanded.ToString();
    }

    private static AddressConfig? Path(AddressKind kind, string path, string text, bool datagram, ref string error)
    {
        if (path.Length == 0)
        {
            error = $"missing socket path in '{text}'";
            return null;
        }
        if (path.Length > 97)
        {
            error = $"socket path '{path}' too long (max 97)";
            return null;
        }
        return new AddressConfig
        {
            Kind = kind,
            Text = text,
            Path = path,
        };
    }

    private static AddressConfig? Descriptor(string prefix, string rest, string text, ref string error)
    {
        if (int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int fd))
            return new AddressConfig
            {
                Kind = prefix == "sockpair" ? AddressKind.SocketPair : AddressKind.Inherited,
                Text = text,
                FileDescriptor = fd,
            };
        error = $"file descriptor '{rest}' is not a valid integer in '{text}'";
        return null;
    }

    private static AddressConfig? Inet(string rest, string text, AddressKind family, bool datagram, AddressUse use, ref string error)
    {
        int colon = rest.EndsWith(']') ? -1 : rest.LastIndexOf(':');
        string host = colon < 0 ? rest : rest[..colon],
            port = colon < 0 ? "" : rest[(colon + 1)..];
        // an IPv6 address without brackets and without a port
        if (
            use is AddressUse.Plain or AddressUse.Source or AddressUse.Log
            && colon >= 0
            && rest[0] != '['
            && IPAddress.TryParse(rest, out IPAddress? whole)
            && whole.GetAddressBytes().Length == 16
            && rest.Contains("::")
        )
            (host, port) = (rest, "");
        if (!Port(port, use, out PortKind kind, out int low, out int high))
        {
            error = $"invalid port '{port}' in '{text}'";
            return null;
        }
        if (use == AddressUse.Bind && kind == PortKind.Absolute && low == 0)
        {
            error = $"invalid port '{port}' in '{text}'";
            return null;
        }
        if (use == AddressUse.Bind && kind != PortKind.Absolute)
        {
            error = $"missing port number: '{text}'";
            return null;
        }
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        AddressConfig address = new()
        {
            Kind = AddressKind.Any,
            Text = text,
            PortKind = kind,
            Port = low,
            PortHigh = high,
            ForcedFamily = family,
        };
        if (host.Length == 0 || host == "*")
            return family == AddressKind.IPv6 ? address with { Kind = AddressKind.IPv6, Ip = new byte[16] } : address;
        if (char.IsAsciiDigit(host[0]) || host.Contains(':'))
        {
            if (Ip(host) is { } ip)
            {
                if (family == AddressKind.IPv4 && ip.Length != 4 || family == AddressKind.IPv6 && ip.Length != 16)
                {
                    error = $"invalid address: '{host}' in '{text}'";
                    return null;
                }
                return address with { Kind = ip.Length == 4 ? AddressKind.IPv4 : AddressKind.IPv6, Ip = ip };
            }
            if (host.Contains(':'))
            {
                error = $"invalid address: '{host}' in '{text}'";
                return null;
            }
        }
        foreach (char c in host)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
            {
                error = $"invalid address: '{host}' in '{text}'";
                return null;
            }
        return address with { Kind = AddressKind.Name, HostName = host };
    }

    /// <summary>An IP literal as 4 or 16 bytes; only dotted quads count as IPv4.</summary>
    public static byte[]? Ip(string text)
    {
        bool v6 = text.Contains(':');
        if (!v6 && text.AsSpan().Count('.') != 3)
            return null;
        return IPAddress.TryParse(text, out IPAddress? ip) ? ip.GetAddressBytes() : null;
    }

    /// <summary>ADDRESS, ADDRESS/BITS or, for IPv4, ADDRESS/MASK with a mask whose ones come first.</summary>
    public static bool Network(string text, out byte[] network, out int prefix)
    {
        int slash = text.IndexOf('/');
        network = Ip(slash < 0 ? text : text[..slash]) ?? [];
        prefix = network.Length * 8;
        if (network.Length == 0 || slash < 0)
            return network.Length > 0;
        string mask = text[(slash + 1)..];
        if (Ip(mask) is not { Length: 4 } bits || network.Length != 4)
            return int.TryParse(mask, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= network.Length * 8;
        uint ones = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bits);
        prefix = System.Numerics.BitOperations.LeadingZeroCount(~ones);
        return System.Numerics.BitOperations.PopCount(ones) == prefix;
    }

    private static bool Port(string text, AddressUse use, out PortKind kind, out int low, out int high)
    {
        kind = PortKind.None;
        low = high = 0;
        if (text.Length == 0)
            return true;
        kind = PortKind.Absolute;
        if (text[0] is '+' or '-')
        {
            if (use != AddressUse.Server || !Number(text[1..], out low))
                return false;
            kind = PortKind.Offset;
            if (text[0] == '-')
                low = -low;
            high = low;
            return true;
        }
        int dash = text.IndexOf('-');
        if (dash < 0)
        {
            bool ok = Number(text, out low);
            high = low;
            return ok;
        }
        return use is AddressUse.Bind or AddressUse.Source
            && Number(text[..dash], out low)
            && Number(text[(dash + 1)..], out high)
            && high >= low;
    }

    private static bool Number(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 0 and <= 65535;
}
