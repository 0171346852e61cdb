// Handover of the configuration's text, so that the next process can say in its history of reloads what became another one.
using System;
using Baton.Core.Frames;

namespace Baton.Engine.Handover;

public sealed class ConfigurationParticipant : IAuthoritativeParticipant
{
    /// <summary>Of what is longer nothing is told: a history of reloads is not worth more than a moment.</summary>
    private const int Most = 256 * 1024;

    /// <summary>Around the bytes of a piece.</summary>
    private const int Overhead = 16;

    private int _told;
    private byte[] _text = [];

    public string Name => "configuration";
    public int Version => 1;
    public bool ReadsAnywhere => true;

    public void Begin(EngineState engine) { }

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        ReadOnlySpan<byte> text = engine.Reloads.Text.Span;
        int length = Math.Min(text.Length - _told, Math.Max(1, room - Overhead));
        if (length <= 0 || text.Length > Most)
            return false;
        into.Int32(text.Length);
        into.Int32(_told);
        into.Blob(text.Slice(_told, length));
        _told += length;
        return true;
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        int length = from.Int32(),
            at = from.Int32();
        ReadOnlySpan<byte> piece = from.Blob();
        if (from.IsShort || length is <= 0 or > Most || at < 0 || at > length - piece.Length)
            return;
        if (_text.Length != length)
            _text = new byte[length];
        piece.CopyTo(_text.AsSpan(at));
        if (at + piece.Length == length)
            engine.Reloads.TakeOverText(_text);
    }
}
