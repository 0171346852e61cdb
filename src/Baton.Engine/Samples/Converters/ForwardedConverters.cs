// Forwarded headers (RFC 7239): rfc7239_is_valid, rfc7239_field, rfc7239_n2nn, rfc7239_n2np.
using System;
using System.Buffers.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Http.Headers;
using Baton.Http.ProxyProtocol;

namespace Baton.Engine.Samples.Converters;

internal static class ForwardedConverters
{
    private static readonly string[] Fields = ["proto", "host", "by", "for"];

    private static string? CheckField(Argument[] a)
    {
        int field = Array.IndexOf(Fields, a[0].Text);
        if (field < 0)
            return $"field must be one of {string.Join(", ", Fields)}, got '{a[0].Text}'";
        a[0] = a[0] with { Number = field };
        return null;
    }

    private static bool Field(Argument[] a, ref SampleValue v)
    {
        if (!ForwardedText.TryFind(v.Text, (ForwardedParameter)a[0].Number, out ReadOnlySpan<byte> value))
            return false;
        v.SetText(value);
        return true;
    }

    /// <summary>An address becomes one; "unknown" and identifiers stay texts.</summary>
    private static bool NodeName(ref SampleValue v)
    {
        if (!ForwardedText.TrySplitNode(v.Text, out ReadOnlySpan<byte> name, out _))
            return false;
        Span<byte> address = stackalloc byte[16];
        int length =
            AddressText.TryParseIPv4(name, address) ? 4
            : AddressText.TryParseIPv6(name, address) ? 16
            : 0;
        if (length > 0)
            v.SetAddress(SocketAddress.From(address[..length], 0));
        else
            v.SetText(name);
        return true;
    }

    private static bool NodePort(ref SampleValue v)
    {
        if (!ForwardedText.TrySplitNode(v.Text, out _, out ReadOnlySpan<byte> port) || port.IsEmpty)
            return false;
        if (Utf8Parser.TryParse(port, out uint number, out int used) && used == port.Length)
            v.SetNumber(number);
        else
            v.SetText(port);
        return true;
    }

    internal static readonly SampleConverter[] Rows =
    [
        new()
        {
            Name = "rfc7239_is_valid",
            Input = SampleType.String,
            Output = SampleType.Bool,
            Summary = "whether the text is a correct value of a Forwarded header",
            Convert = (a, m, ref v) =>
            {
                v.SetBool(ForwardedText.IsValid(v.Text));
                return true;
            },
        },
        new()
        {
            Name = "rfc7239_field",
            Input = SampleType.String,
            Output = SampleType.String,
            Summary = "a parameter of a Forwarded header's value",
            Check = CheckField,
            Convert = (a, m, ref v) => Field(a, ref v),
            Arguments = [new(ArgumentKind.String, "field")],
        },
        new()
        {
            Name = "rfc7239_n2nn",
            Input = SampleType.String,
            Output = SampleType.Any,
            Summary = "name of a Forwarded header's node: an address, unknown, or an identifier",
            Convert = (a, m, ref v) => NodeName(ref v),
        },
        new()
        {
            Name = "rfc7239_n2np",
            Input = SampleType.String,
            Output = SampleType.Any,
            Summary = "port of a Forwarded header's node: a number or an identifier",
            Convert = (a, m, ref v) => NodePort(ref v),
        },
    ];
}
