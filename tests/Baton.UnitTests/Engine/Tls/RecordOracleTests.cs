// Our records beside OpenSSL's on the same bytes, whole and broken in every way that a wire or an attacker has.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Engine.Tls;
using Baton.Http.Tls.Records;
using Baton.Interop.OpenSsl;
using Xunit;

namespace Baton.UnitTests.Engine.Tls;

public sealed class RecordOracleTests
{
    private readonly AeadContexts _aead = new();

    [Fact]
    public void What_OpenSSL_reads_we_read_and_what_it_refuses_we_refuse()
    {
        Assert.True(LibSsl.TryLoad());
        var outcomes = new Dictionary<int, int>();
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            using var oracle = new OpenSslOracle();
            RecordState state = default;
            oracle.SetState(ref state);
            byte[] wire = Change(Records(oracle, random), random);
            (byte[] expected, int error) = oracle.ReadByServer(wire);
            (byte[] text, int ours) = Read(ref state, wire);
            Assert.True(expected.AsSpan().SequenceEqual(text), $"seed {seed}: {expected.Length} bytes and {text.Length} here");
            Assert.True(error == ours, $"seed {seed}: OpenSSL ends with {error}, we with {ours} ({state.LastAlert})");
            outcomes[error] = outcomes.GetValueOrDefault(error) + 1;
        }
        // a test that never saw one of them would prove little
        Assert.All((int[])[Ssl.ERROR_WANT_READ, Ssl.ERROR_ZERO_RETURN, Ssl.ERROR_SSL], e => Assert.True(outcomes[e] > 20));
    }

    private static List<byte[]> Records(OpenSslOracle oracle, Random random)
    {
        List<byte[]> records = [];
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            if (random.Next(4) == 0)
                oracle.UpdateKey(random.Next(2) == 0);
            byte[] text = new byte[random.Next(6) == 0 ? random.Next(1, 40000) : random.Next(1, 200)];
            random.NextBytes(text);
            records.AddRange(Split(oracle.Send(text)));
        }
        if (random.Next(2) == 0)
            records.AddRange(Split(oracle.End()));
        return records;
    }

    private static IEnumerable<byte[]> Split(byte[] bytes)
    {
        for (int at = 0; at < bytes.Length; )
        {
            int length = 5 + (bytes[at + 3] << 8 | bytes[at + 4]);
            yield return bytes[at..(at + length)];
            at += length;
        }
    }

    private static byte[] Change(List<byte[]> records, Random random)
    {
        int at = random.Next(records.Count),
            other = random.Next(records.Count);
        byte[] one = records[at];
        switch (random.Next(8))
        {
            case 0:
                one[random.Next(5, one.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                one[random.Next(0, 5)] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                records.RemoveAt(at);
                break;
            case 3:
                records.Insert(at, one);
                break;
            case 4:
                (records[at], records[other]) = (records[other], records[at]);
                break;
            case 5:
                records[at] = one[..random.Next(one.Length)];
                break;
        }
        return [.. records.SelectMany(r => r)];
    }

    /// <summary>As OpenSSL says it: the text, and SSL_ERROR_*.</summary>
    private (byte[] Text, int Error) Read(ref RecordState state, ReadOnlySpan<byte> wire)
    {
        List<byte> text = [];
        byte[] into = new byte[RecordState.LargestRecord];
        while (true)
        {
            int length = RecordReader.Measure(ref state, wire);
            if (length < 0)
                return ([.. text], Ssl.ERROR_SSL);
            if (length == 0 || length > wire.Length)
                return ([.. text], Ssl.ERROR_WANT_READ);
            switch (RecordReader.Read(ref state, _aead, wire[..length], into, out int got))
            {
                case RecordEvent.Data:
                    text.AddRange(into.AsSpan(0, got));
                    break;
                case RecordEvent.Closed:
                    return ([.. text], Ssl.ERROR_ZERO_RETURN);
                case RecordEvent.Fault or RecordEvent.Aborted:
                    return ([.. text], Ssl.ERROR_SSL);
            }
            wire = wire[length..];
        }
    }

    [Fact]
    public void What_we_write_OpenSSL_reads()
    {
        Assert.True(LibSsl.TryLoad());
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            using var oracle = new OpenSslOracle();
            RecordState state = default;
            oracle.SetState(ref state);
            List<byte> wire = [],
                sent = [];
            byte[] record = new byte[RecordState.LargestRecord];
            for (int i = 0; i < 10; i++)
            {
                if (random.Next(4) == 0)
                    wire.AddRange(record.AsSpan(0, RecordWriter.WriteKeyUpdate(ref state, _aead, record)));
                byte[] text = new byte[random.Next(1, random.Next(2) == 0 ? 100 : RecordState.LargestFragment)];
                random.NextBytes(text);
                sent.AddRange(text);
                int length = RecordWriter.Write(ref state, _aead, ContentType.ApplicationData, text, record);
                wire.AddRange(record.AsSpan(0, length));
            }
            wire.AddRange(record.AsSpan(0, RecordWriter.WriteAlert(ref state, _aead, AlertDescription.CloseNotify, record)));
            (byte[] got, int error) = oracle.ReadByClient([.. wire]);
            Assert.Equal(sent, got);
            Assert.Equal(Ssl.ERROR_ZERO_RETURN, error);
        }
    }
}
