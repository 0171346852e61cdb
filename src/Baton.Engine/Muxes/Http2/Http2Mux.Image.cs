// An HTTP/2 connection on its way to the next process, as far as both ends have the same to tell: layers of its image
// (docs/handover-protocol.md).
// SAFETY: _block is null or a block of the worker's pool; what is read into it is compared with its size before.
using System;
using Baton.Core.Frames;
using Baton.Http.H2;
using FrameWriter = Baton.Core.Frames.FrameWriter;

namespace Baton.Engine.Muxes.Http2;

public abstract unsafe partial class Http2Mux
{
    /// <summary>The next process goes on in the middle of a frame, with what is still unsent, and with tunnels.</summary>
    private protected bool NextTakesAll => Worker.Engine.Handover.NextTakesStreams;

    /// <summary>Nothing is begun that an older process would not understand.</summary>
    private protected bool IsBetweenFrames => !_isInFrame && _continuing == 0 && Output.Length == 0;

    /// <summary>What the peer has told of itself.</summary>
    private protected void WritePeer(FrameWriter w)
    {
        w.Int32((int)Peer.HeaderTableSize);
        w.Int32((int)Peer.MaxConcurrentStreams);
        w.Int32((int)Peer.MaxHeaderListSize);
        w.Int32(Peer.InitialWindowSize);
        w.Int32(Peer.MaxFrameSize);
        w.Flag(Peer.EnablePush);
        w.Flag(Peer.EnableConnectProtocol);
        w.Flag(Peer.NoRfc7540Priorities);
    }

    private protected void ReadPeer(ref FrameReader r)
    {
        Peer.HeaderTableSize = (uint)r.Int32();
        Peer.MaxConcurrentStreams = (uint)r.Int32();
        Peer.MaxHeaderListSize = (uint)r.Int32();
        Peer.InitialWindowSize = r.Int32();
        Peer.MaxFrameSize = Math.Clamp(r.Int32(), Http2Settings.MinMaxFrameSize, Http2Settings.MaxMaxFrameSize);
        Output.MaxFrameSize = Peer.MaxFrameSize;
        Peer.EnablePush = r.Flag();
        Peer.EnableConnectProtocol = r.Flag();
        Peer.NoRfc7540Priorities = r.Flag();
    }

    /// <summary>The tables of both directions.</summary>
    private protected void WriteTables(FrameWriter w)
    {
        Span<byte> table = Worker.Scratch.TextSpan[.._decoder.ImageSize];
        _decoder.Export(table);
        w.Blob(table);
        w.Byte(Output.Table.State);
    }

    private protected bool ReadTables(ref FrameReader r)
    {
        bool isTable = _decoder.Import(r.Blob());
        Output.Table.State = r.Byte();
        return isTable;
    }

    /// <summary>Keeps what was read of a piece that is not whole. False when it is more than such a piece.</summary>
    private protected bool KeepPartial(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > PartialInput.Capacity)
            return false;
        bytes.CopyTo(_partial.Span(bytes.Length));
        _partialLength = bytes.Length;
        return true;
    }

    /// <summary>Bytes of a field block that is not whole.</summary>
    private protected int BlockLength => _blockLength;

    /// <summary>The frame and the field block that are not whole, and what is still unsent.</summary>
    private protected void WriteUnfinished(FrameWriter w)
    {
        w.Flag(_isInFrame);
        Span<byte> header = stackalloc byte[FrameHeader.Size];
        _frame.Write(header);
        w.Blob(header);
        w.Byte((byte)_verdict.Scope);
        w.Int32((int)_verdict.Error);
        w.Int32(_payloadLeft);
        w.Int32(_paddingLeft);
        w.Flag(_awaitsPadding);
        w.Int32(_continuing);
        w.Int32(_continuations);
        w.Flag(_blockEndsStream);
        w.Blob(new ReadOnlySpan<byte>(_block, _blockLength));
        Output.WriteTo(w);
    }

    /// <summary>False when there is no memory for it.</summary>
    private protected bool ReadUnfinished(ref FrameReader r)
    {
        _isInFrame = r.Flag();
        FrameHeader.TryRead(r.Blob(), out _frame);
        _verdict = new FrameVerdict((FrameScope)r.Byte(), (ErrorCode)r.Int32());
        _payloadLeft = r.Int32();
        _paddingLeft = r.Int32();
        _awaitsPadding = r.Flag();
        _continuing = r.Int32();
        _continuations = r.Int32();
        _blockEndsStream = r.Flag();
        ReadOnlySpan<byte> block = r.Blob();
        if (block.Length > Worker.Buffers.BlockSize)
            return false;
        if (block.Length > 0)
        {
            _block = Worker.Buffers.Rent();
            if (_block is null)
                return false;
            block.CopyTo(new Span<byte>(_block, Worker.Buffers.BlockSize));
            _blockLength = block.Length;
        }
        return Output.ReadFrom(ref r);
    }
}
