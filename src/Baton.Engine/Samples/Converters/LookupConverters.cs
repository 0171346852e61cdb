// Converters that look something up: proxies and servers by name, a parameter in a list, a language in a header.
using System;
using System.Buffers;
using System.Buffers.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Streams;
using Baton.Http.Headers;

namespace Baton.Engine.Samples.Converters;

internal static class LookupConverters
{
    private static ReadOnlySpan<byte> Bytes(Argument a) => (byte[]?)a.Value;

    private static bool UsableServers(ProxyStream s, ref SampleValue v)
    {
        if (ProxyLookup.Backend(s.Worker.Engine, v.Text) is not { } backend)
            return false;
        v.SetNumber(backend.UsableServers);
        return true;
    }

    private static bool IsUp(ProxyStream s, ref SampleValue v)
    {
        if (ProxyLookup.Server(s.Worker.Engine, s.Backend, v.Text) is not { } server)
            return false;
        v.SetBool(server.IsRunning);
        return true;
    }

    private static bool Queued(ProxyStream s, ref SampleValue v)
    {
        if (ProxyLookup.Server(s.Worker.Engine, s.Backend, v.Text) is not { } server)
            return false;
        v.SetNumber(server.Queue.Count);
        return true;
    }

    /// <summary>The value behind "name=" in a list; empty when the name stands alone.</summary>
    private static bool Parameter(Argument[] a, ref SampleValue v)
    {
        ReadOnlySpan<byte> rest = v.Text,
            name = Bytes(a[0]);
        byte delimiter = a[1].Absent || a[1].Text.Length == 0 ? (byte)'&' : Bytes(a[1])[0];
        while (true)
        {
            int end = rest.IndexOf(delimiter);
            ReadOnlySpan<byte> item = end < 0 ? rest : rest[..end];
            if (item.StartsWith(name) && (item.Length == name.Length || item[name.Length] == '='))
            {
                v.SetText(item.Length == name.Length ? default : item[(name.Length + 1)..]);
                return true;
            }
            if (end < 0)
                return false;
            rest = rest[(end + 1)..];
        }
    }

    /// <summary>The one of the offered languages with the highest weight (RFC 9110 §12.5.4), else the default.</summary>
    private static bool Language(Argument[] a, ref SampleValue v)
    {
        ReadOnlySpan<byte> rest = v.Text,
            best = default;
        int bestWeight = 0;
        while (!rest.IsEmpty)
        {
            int comma = rest.IndexOf((byte)',');
            ReadOnlySpan<byte> item = (comma < 0 ? rest : rest[..comma]).Trim(" \t"u8);
            rest = comma < 0 ? default : rest[(comma + 1)..];
            int semicolon = item.IndexOf((byte)';');
            ReadOnlySpan<byte> language = (semicolon < 0 ? item : item[..semicolon]).TrimEnd(" \t"u8);
            int weight = semicolon < 0 ? 1000 : Weight(item[(semicolon + 1)..]);
            if (weight > bestWeight && Offered(Bytes(a[0]), language, out ReadOnlySpan<byte> offer))
            {
                best = offer;
                bestWeight = weight;
            }
        }
        if (bestWeight == 0 && !a[1].Absent)
            best = Bytes(a[1]);
        v.SetText(best);
        return bestWeight > 0 || !a[1].Absent;
    }

    private static bool Offered(ReadOnlySpan<byte> offers, ReadOnlySpan<byte> language, out ReadOnlySpan<byte> offer)
    {
        while (!offers.IsEmpty)
        {
            int end = offers.IndexOf((byte)';');
            offer = end < 0 ? offers : offers[..end];
            if (ByteClass.EqualsIgnoreCase(offer, language))
                return true;
            offers = end < 0 ? default : offers[(end + 1)..];
        }
        offer = default;
        return false;
    }

    /// <summary>Thousandths of "q=0.8".</summary>
    private static int Weight(ReadOnlySpan<byte> parameter)
    {
        parameter = parameter.Trim(" \t"u8);
        if (parameter.Length < 3 || parameter[0] is not ((byte)'q' or (byte)'Q') || parameter[1] != '=')
            return 1000;
        return Utf8Parser.TryParse(parameter[2..], out decimal q, out _) && q is >= 0 and <= 1 ? (int)(q * 1000) : 0;
    }

    private static SampleConverter RowOn(string name, SampleType output, string summary, StreamConvertFunction f) =>
        new()
        {
            Name = name,
            Input = SampleType.String,
            Output = output,
            Summary = summary,
            Convert = (a, m, ref v) => false,
            ConvertOn = f,
        };

    internal static readonly SampleConverter[] Rows =
    [
        RowOn("nbsrv", SampleType.Integer, "usable servers of the backend of that name", (s, a, m, ref v) => UsableServers(s, ref v)),
        RowOn("srv_is_up", SampleType.Bool, "whether the server of that name is up", (s, a, m, ref v) => IsUp(s, ref v)),
        RowOn("srv_queue", SampleType.Integer, "streams that wait for the server of that name", (s, a, m, ref v) => Queued(s, ref v)),
        RowOn("fe_exists", SampleType.Bool, "whether there is a frontend of that name", (s, a, m, ref v) =>
        {
            v.SetBool(ProxyLookup.Frontend(s.Worker.Engine, v.Text) is not null);
            return true;
        }),
        new()
        {
            Name = "param",
            Input = SampleType.String,
            Output = SampleType.String,
            Summary = "a parameter of a list name=value",
            Convert = (a, m, ref v) => Parameter(a, ref v),
            Arguments = [new(ArgumentKind.String, "name"), new(ArgumentKind.String, "delimiter", true)],
        },
        new()
        {
            Name = "language",
            Input = SampleType.String,
            Output = SampleType.String,
            Summary = "the best language of an Accept-Language list",
            Convert = (a, m, ref v) => Language(a, ref v),
            Arguments = [new(ArgumentKind.String, "values"), new(ArgumentKind.String, "default", true)],
        },
    ];
}
