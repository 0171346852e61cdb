// What is fuzzed: each target takes any bytes, must not throw on its own account, and throws
// FuzzFailure when the parser disagrees with the oracle or with itself on torn input.
using System;
using System.Collections.Generic;
using Baton.Control.Cli;
using Baton.Http.ProxyProtocol;
using Baton.Http.Tls;

namespace Baton.Fuzz;

public static class FuzzTargets
{
    public static IReadOnlyDictionary<string, Action<byte[]>> All { get; } =
        new Dictionary<string, Action<byte[]>>
        {
            ["request"] = bytes => MessageTargets.Head(bytes, response: false),
            ["response"] = bytes => MessageTargets.Head(bytes, response: true),
            ["forward"] = MessageTargets.Forward,
            ["made"] = MadeTarget.Run,
            ["chunked"] = MessageTargets.Chunked,
            ["proxy"] = Proxy,
            ["configuration"] = ConfigurationTarget.Run,
            ["cli"] = Cli,
            ["hello"] = Hello,
            ["lexer"] = LanguageTargets.Lexer,
            ["condition"] = LanguageTargets.Condition,
            ["format"] = LanguageTargets.Format,
            ["expression"] = LanguageTargets.Expression,
            ["units"] = ValueTargets.Units,
            ["address"] = ValueTargets.Address,
            ["lists"] = ValueTargets.Lists,
            ["uri"] = ValueTargets.Uri,
            ["errorfile"] = ValueTargets.ErrorFileBytes,
            ["map"] = ValueTargets.Map,
            ["frames"] = HandoverTargets.Frames,
            ["sockets"] = HandoverTargets.Sockets,
            ["conversation"] = ConversationTarget.Run,
            ["dns"] = DnsTarget.Run,
            ["records"] = RecordTarget.Run,
            ["h2-frames"] = H2Targets.Frames,
            ["h2-heads"] = H2Targets.Head,
            ["h2-hpack"] = H2Targets.Hpack,
            ["peers"] = PeersTarget.Run,
        };

    private static void Proxy(byte[] bytes)
    {
        ProxyParseStatus whole = ProxyHeaderParser.Parse(bytes, out ProxyHeader header, out int length);
        int end = whole == ProxyParseStatus.Complete ? length : bytes.Length;
        for (int i = 0; i < end; i++)
        {
            ProxyParseStatus part = ProxyHeaderParser.Parse(bytes.AsSpan(0, i), out _, out _);
            if (part != ProxyParseStatus.Incomplete)
            {
                Expect(whole, part);
            }
        }
        if (whole != ProxyParseStatus.Complete || header.Family == ProxyFamily.Unix)
        {
            return;
        }
        byte[] to = new byte[ProxyHeaderParser.MaxV1Length];
        int written = ProxyHeaderWriter.WriteV1(to, header);
        Expect(ProxyParseStatus.Complete, ProxyHeaderParser.Parse(to.AsSpan(0, written), out ProxyHeader again, out int againLength));
        Expect((written, header.SourcePort, header.DestinationPort), (againLength, again.SourcePort, again.DestinationPort));
        Expect(true, again.Source.SequenceEqual(header.Source) && again.Destination.SequenceEqual(header.Destination));
    }

    /// <summary>A greeting judged early is judged the same when more has come, and what it contains lies within it.</summary>
    private static void Hello(byte[] bytes)
    {
        HelloStatus whole = ClientHello.Parse(bytes, out ClientHello hello);
        if (whole == HelloStatus.Complete)
        {
            if (hello.TryGetServerName(out ReadOnlySpan<byte> name))
                Expect(true, bytes.AsSpan().IndexOf(name) >= 0);
            byte[] into = new byte[bytes.Length + 1];
            Expect(true, hello.WriteAlpn(into) <= bytes.Length && hello.WriteKeyShareGroups(into) <= bytes.Length);
        }
        HelloStatus type = ClientHello.ParseType(bytes, out int typeValue),
            version = ClientHello.ParseVersion(bytes, out int versionValue);
        HelloStatus cookie = RdpCookie.Parse(bytes, default, out ReadOnlySpan<byte> cookieValue),
            named = RdpCookie.Parse(bytes, "mstshash"u8, out ReadOnlySpan<byte> namedValue);
        for (int i = 0; i < bytes.Length; i++)
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(0, i);
            Same(ClientHello.Parse(part, out _), whole);
            if (Same(ClientHello.ParseType(part, out int t), type) == HelloStatus.Complete)
                Expect(typeValue, t);
            if (Same(ClientHello.ParseVersion(part, out int v), version) == HelloStatus.Complete)
                Expect(versionValue, v);
            if (Same(RdpCookie.Parse(part, default, out ReadOnlySpan<byte> c), cookie) == HelloStatus.Complete)
                Expect(true, cookieValue.SequenceEqual(c));
            if (Same(RdpCookie.Parse(part, "mstshash"u8, out c), named) == HelloStatus.Complete)
                Expect(true, namedValue.SequenceEqual(c));
        }
    }

    private static HelloStatus Same(HelloStatus part, HelloStatus whole)
    {
        if (part != HelloStatus.Incomplete)
            Expect(whole, part);
        return part;
    }

    /// <summary>Commands are the same however the input is torn.</summary>
    private static void Cli(byte[] bytes)
    {
        List<string> whole = [],
            torn = [];
        var input = new CliInput();
        input.Append(bytes);
        TakeAll(input, whole);
        input = new CliInput();
        foreach (byte b in bytes)
        {
            input.Append([b]);
            TakeAll(input, torn);
        }
        Expect(string.Join('\n', whole), string.Join('\n', torn));
    }

    private static void TakeAll(CliInput input, List<string> into)
    {
        while (true)
        {
            CliInputStatus status = input.Take();
            if (status is CliInputStatus.Incomplete or CliInputStatus.TooLong)
                return;
            into.Add(status == CliInputStatus.Payload ? "+" : string.Join('|', input.Words) + "<" + input.Payload);
        }
    }

    internal static void Expect<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new FuzzFailure($"expected {expected}, got {actual}");
        }
    }
}
