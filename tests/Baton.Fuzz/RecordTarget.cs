// TLS records. The input is a script for a peer that knows the keys, and for somebody on the wire who does not: it gets behind the
// seals, where random bytes never get. Whatever comes, what is read is what the peer has sent, in its order and from its beginning.
using System;
using System.Collections.Generic;
using Baton.Http.Tls.Records;
using Baton.UnitTests.Http.Tls.Records;

namespace Baton.Fuzz;

internal static class RecordTarget
{
    private static readonly (ushort Suite, ushort Version)[] s_suites =
    [
        (0x1301, RecordState.Tls13),
        (0x1302, RecordState.Tls13),
        (0x1303, RecordState.Tls13),
        (0xC02B, RecordState.Tls12),
        (0xC030, RecordState.Tls12),
        (0xCCA8, RecordState.Tls12),
    ];

    private const int LongestWire = 100_000;

    /// <summary>First byte: the suite, and bit 7: the client is the one that reads. Then steps of a byte, a length, and as many
    /// bytes.</summary>
    public static void Run(byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        bool isServer = bytes[0] < 0x80;
        (ushort suite, ushort version) = s_suites[(bytes[0] & 0x7F) % s_suites.Length];
        List<byte> wire = [],
            sent = [];
        RecordState peer = State(suite, version, !isServer);
        for (int at = 1; at + 1 < bytes.Length && wire.Count < LongestWire; )
        {
            int count = Math.Min((int)bytes[at + 1], bytes.Length - at - 2);
            Step(ref peer, bytes[at], bytes[at + 1], bytes.AsSpan(at + 2, count), wire, sent);
            // what is made of nothing takes no bytes of the script
            at += 2 + (bytes[at] % 8 is 2 or 5 or 7 ? 0 : count);
        }
        RecordState reader = State(suite, version, isServer);
        (List<byte> text, string events) = Read(reader, [.. wire], moves: false);
        (List<byte> moved, string movedEvents) = Read(reader, [.. wire], moves: true);
        FuzzTargets.Expect(events, movedEvents);
        FuzzTargets.Expect(true, text.Count == moved.Count && sent.Count >= text.Count);
        for (int i = 0; i < text.Count; i++)
            if (text[i] != sent[i] || text[i] != moved[i])
                throw new FuzzFailure($"byte {i} is another than was sent");
    }

    private static RecordState State(ushort suite, ushort version, bool isServer)
    {
        RecordState state = default;
        (state.Version, state.CipherSuite, state.IsServer, state.LargestSent) = (version, suite, isServer, RecordState.LargestFragment);
        ref DirectionKeys client = ref isServer ? ref state.Read : ref state.Write;
        ref DirectionKeys server = ref isServer ? ref state.Write : ref state.Read;
        if (version == RecordState.Tls12)
        {
            KeySchedule.SetMaster(ref client, ref server, state.Suite, new byte[48], new byte[32], new byte[32]);
            return state;
        }
        byte[] secret = new byte[DirectionKeys.LongestSecret];
        KeySchedule.SetSecret(ref client, state.Suite, secret);
        secret[0] = 1;
        KeySchedule.SetSecret(ref server, state.Suite, secret);
        return state;
    }

    private static void Step(ref RecordState peer, byte what, byte number, ReadOnlySpan<byte> bytes, List<byte> wire, List<byte> sent)
    {
        switch (what % 8)
        {
            case 0 or 1:
                Add(ref peer, ContentType.ApplicationData, bytes, wire);
                sent.AddRange(bytes);
                break;
            case 2:
                byte[] large = new byte[number * 64];
                Array.Fill(large, number);
                Add(ref peer, ContentType.ApplicationData, large, wire);
                sent.AddRange(large);
                break;
            case 3:
                Add(ref peer, ContentType.Handshake, bytes, wire);
                break;
            case 4:
                Add(ref peer, ContentType.Alert, bytes, wire);
                break;
            case 5:
                Add(ref peer, ContentType.Handshake, [24, 0, 0, 1, number], wire);
                if (peer.Version == RecordState.Tls13)
                    KeySchedule.Advance(ref peer.Write, peer.Suite);
                break;
            case 6:
                wire.AddRange(bytes);
                break;
            case 7 when wire.Count > 0:
                wire[^(1 + number % wire.Count)] ^= (byte)(1 << (what >> 3) % 8);
                break;
        }
    }

    private static void Add(ref RecordState peer, ContentType type, ReadOnlySpan<byte> text, List<byte> wire)
    {
        byte[] record = new byte[text.Length + RecordWriter.Overhead(peer)];
        wire.AddRange(record.AsSpan(0, RecordWriter.Write(ref peer, ManagedAead.Instance, type, text, record)));
    }

    /// <summary>The text, and what each record was. With <paramref name="moves"/> each is read by another process, and where it
    /// lies.</summary>
    private static (List<byte> Text, string Events) Read(RecordState state, byte[] wire, bool moves)
    {
        RecordState first = state;
        List<byte> text = [];
        List<string> events = [];
        for (int at = 0; ; )
        {
            Span<byte> rest = wire.AsSpan(at);
            FuzzTargets.Expect(0, RecordReader.Measure(ref state, rest[..Math.Min(rest.Length, RecordState.HeaderLength - 1)]));
            int length = RecordReader.Measure(ref state, rest);
            FuzzTargets.Expect(length < 0, state.IsBroken);
            if (length < 0)
                events.Add($"{RecordEvent.Fault} {state.LastAlert}");
            if (length <= 0 || length > rest.Length)
                return (text, string.Join(' ', events));
            Span<byte> record = rest[..length];
            Span<byte> into = moves ? record[Math.Min(RecordReader.TextOffset(state), length)..] : new byte[length];
            RecordEvent what = RecordReader.Read(ref state, ManagedAead.Instance, record, into, out int got);
            FuzzTargets.Expect(what == RecordEvent.Data, got > 0);
            FuzzTargets.Expect(what is RecordEvent.Fault or RecordEvent.Aborted, state.IsBroken);
            FuzzTargets.Expect(what == RecordEvent.Closed, state.HasReadEnd);
            events.Add(state.IsBroken ? $"{what} {state.LastAlert}" : what.ToString());
            text.AddRange(into[..got]);
            if (state.IsBroken || state.HasReadEnd)
                return (text, string.Join(' ', events));
            at += length;
            if (!moves)
                continue;
            RecordState next = first;
            next.Read = state.Read;
            FuzzTargets.Expect(true, next.SetProgress(state.Progress));
            state = next;
        }
    }
}
