// The key a hashing balancer needs, taken from a request while its head can be read (manual, "balance").
using System;
using System.Buffers.Binary;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Balancing;
using Baton.Engine.Connections;
using Baton.Engine.Samples;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

internal static class BalanceKey
{
    /// <summary>Computes the stream's balance hash; leaves it unset when the request has no such key (round robin decides then).</summary>
    public static void Set(ProxyStream stream, MessageHead? head)
    {
        BalanceConfig balance = stream.Backend!.Config.Balance;
        stream.HasBalanceHash = false;
        switch (balance.Algorithm.Key)
        {
            case BalanceKeySource.SourceAddress:
                SetSource(stream);
                return;
            case BalanceKeySource.Sample:
                SetSample(stream, balance.Hash!);
                return;
            case BalanceKeySource.RdpCookie:
                SetRdpCookie(stream, balance.Argument);
                return;
            case BalanceKeySource.Uri when head is not null:
                SetHash(stream, UriPart(balance, head));
                return;
            case BalanceKeySource.UrlParameter when head is not null:
                if (SetParameter(stream, head.Query, balance.Argument) || !balance.ChecksPost || stream is not HttpStream http)
                    return;
                if (http.Method == HttpMethod.Post && !head.ExpectContinue)
                    SetParameter(stream, FormOf(http.BodyStart.OfRequest(stream.Worker.Scratch.OutputSpan)), balance.Argument);
                return;
            case BalanceKeySource.Header when head is not null:
                SetHeader(stream, head, balance);
                return;
        }
    }

    private static void SetHash(ProxyStream stream, ReadOnlySpan<byte> key)
    {
        stream.BalanceHash = HashFunctions.Compute(stream.Backend!.Config.HashType.Function, key);
        stream.HasBalanceHash = true;
    }

    private static void SetSample(ProxyStream stream, SampleExpressionConfig expression)
    {
        SampleValue value = default;
        Loop.ScratchMemory scratch = stream.Worker.Scratch;
        if (expression.Evaluate(stream, -1, scratch.SampleSpan, ref value))
            SetHash(stream, value.AsText(scratch.OutputSpan));
    }

    private static void SetSource(ProxyStream stream)
    {
        SocketAddress source = stream.Source;
        if (source.Length == 0)
            return;
        Span<byte> bytes = stackalloc byte[16];
        source.CopyBytes(bytes);
        uint hash = 0;
        for (int i = 0; i < source.Length; i += 4)
            hash ^= BinaryPrimitives.ReadUInt32BigEndian(bytes[i..]);
        stream.BalanceHash = hash;
        stream.HasBalanceHash = true;
    }

    private static void SetRdpCookie(ProxyStream stream, string name)
    {
        if (RdpPersistence.TryFind(stream, name, out ReadOnlySpan<byte> value) && !value.IsEmpty)
            SetHash(stream, value);
    }

    /// <summary>uri [whole] [len N] [depth N] [path-only]: the query is left out unless "whole".</summary>
    private static ReadOnlySpan<byte> UriPart(BalanceConfig balance, MessageHead head)
    {
        ReadOnlySpan<byte> uri = balance.UriPathOnly ? head.PathAndQuery : head.Target;
        if (balance.UriLength > 0 && uri.Length > balance.UriLength)
            uri = uri[..balance.UriLength];
        int slashes = 0;
        for (int i = 0; i < uri.Length; i++)
        {
            if (uri[i] == '?' && !balance.UriWhole)
                return uri[..i];
            if (uri[i] == '/' && balance.UriDepth > 0 && ++slashes > balance.UriDepth)
                return uri[..i];
        }
        return uri;
    }

    /// <summary>COMPAT: what may be parameters ends at the first blank or control byte.</summary>
    private static ReadOnlySpan<byte> FormOf(ReadOnlySpan<byte> body)
    {
        int end = 0;
        while (end < body.Length && body[end] is > (byte)' ' and not 127)
            end++;
        return body[..end];
    }

    /// <summary>False when there is no such parameter.</summary>
    private static bool SetParameter(ProxyStream stream, ReadOnlySpan<byte> query, string name)
    {
        Span<byte> wanted = stackalloc byte[256];
        int length = Encoding.UTF8.GetBytes(name.AsSpan(0, Math.Min(name.Length, 64)), wanted);
        wanted = wanted[..length];
        while (!query.IsEmpty)
        {
            int end = query.IndexOfAny((byte)'&', (byte)';');
            ReadOnlySpan<byte> pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            if (pair.Length > length && pair[length] == '=' && pair.StartsWith(wanted))
            {
                SetHash(stream, pair[(length + 1)..]);
                return true;
            }
        }
        return false;
    }

    private static void SetHeader(ProxyStream stream, MessageHead head, BalanceConfig balance)
    {
        Span<byte> name = stackalloc byte[256];
        int length = Encoding.ASCII.GetBytes(balance.Argument.AsSpan(0, Math.Min(balance.Argument.Length, 256)), name);
        int at = head.Find(name[..length]);
        if (at < 0)
            return;
        ReadOnlySpan<byte> value = head.Field(at).ValueSpan;
        // COMPAT: the first element of a list
        value = value[..ListValue.EndOfElement(value)].Trim(" \t"u8);
        if (balance.UseDomainOnly && balance.Argument.Equals("host", StringComparison.OrdinalIgnoreCase))
            value = DomainOf(value);
        SetHash(stream, value);
    }

    /// <summary>use_domain_only: "a.b.example.com" hashes as "example".</summary>
    private static ReadOnlySpan<byte> DomainOf(ReadOnlySpan<byte> host)
    {
        int last = host.LastIndexOf((byte)'.');
        if (last < 0)
            return host;
        ReadOnlySpan<byte> rest = host[..last];
        return rest[(rest.LastIndexOf((byte)'.') + 1)..];
    }
}
