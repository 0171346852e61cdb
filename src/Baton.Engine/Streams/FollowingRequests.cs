// Requests that a client has sent behind this one (pipelining) share its buffer. When rules make the head so large that
// they would be in its way, they wait in a buffer of their own until it is their turn.
// SAFETY: _buffer is null or a block that this alone holds; what is copied to it came out of a block of the same size
// and is placed so that it ends inside.
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>What a client has sent ahead. A part of the stream that it has to wait for.</summary>
internal sealed unsafe class FollowingRequests(HttpStream stream)
{
    private byte* _buffer;
    private int _start,
        _end;

    /// <summary>They have a buffer of their own.</summary>
    public bool AreAside => _buffer is not null;

    /// <summary>Of what the client has sent behind this request some has been read.</summary>
    public bool IsAny => _buffer is not null || stream.Request.Data is not null && stream.Request.Unjudged > 0;

    /// <summary>Bytes of the buffer that the request's head must leave alone: its body, as far as it is here, but not what follows
    /// it.</summary>
    public int BodyBeside(MessageHead head)
    {
        int behind = HeadMemory.BytesBeside(ref stream.Request, head);
        // what follows an upgrade belongs to it, and the end of a chunked body is not known yet
        if (stream.RequestSide.WantsUpgrade)
            return behind;
        return head.Body switch
        {
            BodyKind.None => 0,
            BodyKind.Length => (int)System.Math.Min(behind, head.ContentLength),
            _ => behind,
        };
    }

    /// <summary>Makes room for a head that has grown.</summary>
    public void SetAside(MessageHead head)
    {
        if (
            !head.IsModified
            || HeadWriter.Length(head) + HeadMemory.BytesBeside(ref stream.Request, head) <= stream.Worker.Buffers.BlockSize
        )
            return;
        int end = stream.Request.Ready + head.HeadLength + BodyBeside(head),
            length = stream.Request.End - end;
        if (length == 0)
            return;
        _buffer = stream.Worker.Buffers.Rent();
        if (_buffer is null)
            return;
        _start = System.Math.Min(stream.Worker.Engine.Config.Global.MaxRewrite, stream.Worker.Buffers.BlockSize - length);
        _end = _start + length;
        System.Buffer.MemoryCopy(stream.Request.Data + end, _buffer + _start, length, length);
        stream.Request.End = end;
    }

    /// <summary>Takes what follows the request out of the stream: a buffer with the next one at its front, or null.</summary>
    public byte* Take(out int start, out int end)
    {
        ref Channel request = ref stream.Request;
        (start, end) = (_start, _end);
        byte* buffer = _buffer;
        _buffer = null;
        if (buffer is not null || request.Data is null || request.Unjudged == 0)
            return buffer;
        request.Start = request.Ready;
        request.Compact(stream.Worker.Engine.Config.Global.MaxRewrite);
        buffer = request.Data;
        start = request.Start;
        end = request.End;
        request.Data = null;
        return buffer;
    }

    public void Release()
    {
        if (_buffer is null)
            return;
        stream.Worker.Buffers.Return(_buffer);
        _buffer = null;
    }
}
