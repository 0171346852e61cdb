// Requests that a client has sent behind this one (pipelining) share its buffer. When rules make the head so large that
// they would be in its way, they wait in a buffer of their own until it is their turn.
// SAFETY: _following is null or a block that the stream alone holds; what is copied to it came out of a block of the same size
// and is placed so that it ends inside.
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    private byte* _following;
    private int _followingStart,
        _followingEnd;

    /// <summary>Of what the client has sent behind this request some has been read.</summary>
    private bool HasFollowing => _following is not null || Request.Data is not null && Request.Unjudged > 0;

    /// <summary>Bytes of the buffer that the request's head must leave alone: its body, as far as it is here, but not what follows
    /// it.</summary>
    private int BodyBeside(MessageHead head)
    {
        int behind = BytesBeside(ref Request, head);
        // what follows an upgrade belongs to it, and the end of a chunked body is not known yet
        if (_wantsUpgrade)
            return behind;
        return head.Body switch
        {
            BodyKind.None => 0,
            BodyKind.Length => (int)System.Math.Min(behind, head.ContentLength),
            _ => behind,
        };
    }

    /// <summary>Makes room for a head that has grown.</summary>
    private void SetFollowingAside(MessageHead head)
    {
        if (!head.IsModified || HeadWriter.Length(head) + BytesBeside(ref Request, head) <= Worker.Buffers.BlockSize)
            return;
        int end = Request.Ready + head.HeadLength + BodyBeside(head),
            length = Request.End - end;
        if (length == 0)
            return;
        _following = Worker.Buffers.Rent();
        if (_following is null)
            return;
        _followingStart = System.Math.Min(Worker.Engine.Config.Global.MaxRewrite, Worker.Buffers.BlockSize - length);
        _followingEnd = _followingStart + length;
        System.Buffer.MemoryCopy(Request.Data + end, _following + _followingStart, length, length);
        Request.End = end;
    }

    /// <summary>Takes what follows the request out of the stream: a buffer with the next one at its front, or null.</summary>
    private byte* TakeFollowing(out int start, out int end)
    {
        (start, end) = (_followingStart, _followingEnd);
        byte* buffer = _following;
        _following = null;
        if (buffer is not null || Request.Data is null || Request.Unjudged == 0)
            return buffer;
        Request.Start = Request.Ready;
        Request.Compact(Worker.Engine.Config.Global.MaxRewrite);
        buffer = Request.Data;
        start = Request.Start;
        end = Request.End;
        Request.Data = null;
        return buffer;
    }

    private void DropFollowing()
    {
        if (_following is null)
            return;
        Worker.Buffers.Return(_following);
        _following = null;
    }
}
