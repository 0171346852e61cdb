// Addresses and host names (manual 7.3.1): ipmask, host_only, port_only.
using System;
using System.Globalization;
using Baton.Configuration.Expressions;
using Baton.Configuration.Values;
using Baton.Engine.Connections;

namespace Baton.Engine.Samples.Converters;

internal static class AddressConverters
{
    /// <summary>A prefix length or a mask as bytes, or null.</summary>
    private static byte[]? Mask(string text, int length)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int bits))
        {
            if (bits > length * 8)
                return null;
            byte[] mask = new byte[length];
            for (int i = 0; i < bits; i++)
                mask[i >> 3] |= (byte)(0x80 >> (i & 7));
            return mask;
        }
        return AddressParser.Ip(text) is { } ip && ip.Length == length ? ip : null;
    }

    private static string? CheckMasks(Argument[] a)
    {
        if (Mask(a[0].Text, 4) is not { } four)
            return $"failed to parse '{a[0].Text}' as an IPv4 netmask";
        a[0] = a[0] with { Value = four };
        if (a[1].Absent)
            return null;
        if (Mask(a[1].Text, 16) is not { } six)
            return $"failed to parse '{a[1].Text}' as an IPv6 netmask";
        a[1] = a[1] with { Value = six };
        return null;
    }

    private static bool ApplyMask(Argument[] a, ref SampleValue v)
    {
        if (v.Address.IsMappedIPv4 && v.Address.TryGetIPv4(out SocketAddress carried))
            v.SetAddress(carried);
        var mask = (byte[]?)a[v.Address.IsIPv6 ? 1 : 0].Value;
        // an IPv6 address without a mask for it
        if (mask is null || v.Address.Length != mask.Length)
            return false;
        Span<byte> ip = stackalloc byte[16];
        v.Address.CopyBytes(ip);
        for (int i = 0; i < mask.Length; i++)
            ip[i] &= mask[i];
        v.SetAddress(SocketAddress.From(ip[..mask.Length], 0));
        return true;
    }

    /// <summary>Index of the colon before a port; the length when there is none. Colons inside brackets are the address's.</summary>
    private static int PortColon(ReadOnlySpan<byte> host)
    {
        int bracket = host.LastIndexOf((byte)']'),
            colon = host.LastIndexOf((byte)':');
        return colon > bracket ? colon : host.Length;
    }

    private static bool Host(Span<byte> scratch, ref SampleValue v)
    {
        v.SetText(v.Text[..PortColon(v.Text)]);
        return TextConverters.Map(scratch, ref v, lower: true);
    }

    private static bool Port(ref SampleValue v)
    {
        int colon = PortColon(v.Text);
        v.SetNumber(colon + 1 < v.Text.Length ? SampleCast.LeadingNumber(v.Text[(colon + 1)..]) : 0);
        return true;
    }

    internal static readonly SampleConverter[] Rows =
    [
        new()
        {
            Name = "ipmask",
            Input = SampleType.Address,
            Output = SampleType.Address,
            Summary = "network of an address",
            Check = CheckMasks,
            Convert = (a, m, ref v) => ApplyMask(a, ref v),
            Arguments = [new(ArgumentKind.String, "mask4"), new(ArgumentKind.String, "mask6", true)],
        },
        new()
        {
            Name = "host_only",
            Input = SampleType.String,
            Output = SampleType.String,
            Summary = "host without port, in lower case",
            Convert = (a, m, ref v) => Host(m, ref v),
        },
        new()
        {
            Name = "port_only",
            Input = SampleType.String,
            Output = SampleType.Integer,
            Summary = "port of host:port, 0 without one",
            Convert = (a, m, ref v) => Port(ref v),
        },
    ];
}
