// The names that a request's connection may have to ask a server for (server option sni): found out while the head still lies in its
// buffer, before it is known which server it will be.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Samples;
using Baton.Engine.Servers;

namespace Baton.Engine.Streams;

/// <summary>OWNER: the stream; one line of memory for each different expression of the backend.</summary>
internal sealed class ServerNames
{
    /// <summary>RFC 1035 §2.3.4: a name has 255 bytes at most.</summary>
    public const int Longest = 255;
    private byte[] _text = [];
    private byte[] _lengths = [];

    /// <summary>Evaluates all of them.</summary>
    public void Keep(ProxyStream stream, SampleExpressionConfig[] samples)
    {
        if (_lengths.Length < samples.Length)
        {
            _lengths = new byte[samples.Length];
            _text = new byte[samples.Length * Longest];
        }
        for (int i = 0; i < samples.Length; i++)
            _lengths[i] = (byte)Evaluate(samples[i], stream, _text.AsSpan(i * Longest, Longest));
    }

    /// <summary>Those of the object's last life are nobody's. A server that was added while a request waits may ask for one that was not
    /// found out.</summary>
    public void Forget() => Array.Clear(_lengths);

    public ReadOnlySpan<byte> Of(int index) => index < _lengths.Length ? _text.AsSpan(index * Longest, _lengths[index]) : default;

    /// <summary>What "pool-conn-name" says a connection to the server is called for the stream, in one number; 0 where it says
    /// nothing.</summary>
    public static ulong KeyOf(ProxyStream stream, Servers.ServerState server) =>
        server.PoolNameIndex >= 0 && stream.ServerNames is { } names ? IdlePool.KeyOf(names.Of(server.PoolNameIndex)) : 0;

    /// <summary>The length of the name; 0 when there is none, or when it cannot be one.</summary>
    public static int Evaluate(SampleExpressionConfig sample, ProxyStream stream, Span<byte> into)
    {
        Span<byte> number = stackalloc byte[64];
        SampleValue value = default;
        if (!sample.Evaluate(stream, -1, stream.Worker.Scratch.SampleSpan, ref value))
            return 0;
        ReadOnlySpan<byte> text = value.AsText(number);
        return text.Length > Longest || text.IndexOf((byte)0) >= 0 || !text.TryCopyTo(into) ? 0 : text.Length;
    }
}
