// A transport for tests: every byte is another one on the wire, by its place in the stream. What does not go through the seam, or
// loses count over a reload, is seen at once.
// SAFETY: what is sent is copied into a block of the thread's own, Piece bytes long; what is received is changed where it lies.
using System;
using System.Runtime.InteropServices;
using Baton.Core.Frames;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections.Transports;

/// <summary>BATON_TEST_TRANSPORT=clients, servers or both: connections of that side speak so, after any PROXY header. For tests.</summary>
public sealed unsafe class XorTransport : Transport
{
    public const byte Layer = 255;

    /// <summary>Bytes sent at a time.</summary>
    private const int Piece = 16384;

    [ThreadStatic]
    private static byte* t_piece;

    private uint _received,
        _sent;

    /// <summary>Which sides have one. Set once at start.</summary>
    public static bool OnClients,
        OnServers;

    /// <summary>Reads the variable's text.</summary>
    public static void Configure(string? text)
    {
        OnClients = text is "clients" or "both";
        OnServers = text is "servers" or "both";
    }

    public override byte LayerType => Layer;

    /// <summary>What the byte at a place of the stream is changed with; never 0, so that each is another one.</summary>
    private static byte Key(uint place) => (byte)(place * 31 % 255 + 1);

    public override int Receive(Connection connection, byte* buffer, int length)
    {
        int n = connection.ReceiveRaw(buffer, length);
        for (int i = 0; i < n; i++)
            buffer[i] ^= Key(_received++);
        return n;
    }

    public override int Send(Connection connection, byte* buffer, int length, bool more)
    {
        if (t_piece is null)
            t_piece = (byte*)NativeMemory.Alloc(Piece);
        int sent = 0;
        while (sent < length)
        {
            int piece = Math.Min(length - sent, Piece);
            for (int i = 0; i < piece; i++)
                t_piece[i] = (byte)(buffer[sent + i] ^ Key(_sent + (uint)i));
            int n = connection.SendRaw(t_piece, piece, more || sent + piece < length);
            if (n < 0)
                return sent > 0 ? sent : n;
            _sent += (uint)n;
            sent += n;
            if (n < piece)
                break;
        }
        return sent;
    }

    public override bool IsSilent(Connection connection) => !connection.HasUnreadRaw && connection is { PeerClosed: false, Failed: false };

    public override bool HasUnread(Connection connection) => connection.HasUnreadRaw;

    public override void WriteTo(FrameWriter w)
    {
        w.Int32((int)_received);
        w.Int32((int)_sent);
    }

    public static XorTransport Read(ref FrameReader r) => new() { _received = (uint)r.Int32(), _sent = (uint)r.Int32() };
}
