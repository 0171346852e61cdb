// The memory of a stream's two heads while they are looked at and edited: tables of their fields, an arena for what is added to them;
// and how an edited head takes the place of the one that came.
// SAFETY: _arena is null or a block of the worker's pool, from BeginEdit to EndEdits. The heads point into it and into their channel's
// block, and their bytes are looked at only while both are held. Commit moves bytes only after it has found that head and body fit.
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream; gives all of it back when that ends.</summary>
internal sealed unsafe class HeadMemory(HttpStream stream)
{
    private byte* _arena;

    /// <summary>Something may be added to a head.</summary>
    public bool HasArena => _arena is not null;

    /// <summary>Gives a head the table that parsing it takes. False when there is no memory for one.</summary>
    public bool Lend(MessageHead head)
    {
        if (head.HasTable)
            return true;
        byte* table = stream.Worker.HeaderTables.Rent();
        if (table is null)
            return false;
        head.Lend(table);
        return true;
    }

    /// <summary>Nothing looks at a head's fields any more: it has been written, or the stream ends.</summary>
    public void Return(MessageHead head)
    {
        byte* table = head.TakeTable();
        if (table is not null)
            stream.Worker.HeaderTables.Return(table);
    }

    public void ReturnTables()
    {
        Return(stream.RequestHead);
        Return(stream.ResponseHead);
    }

    /// <summary>Makes a head ready for an edit, or one more.</summary>
    public void BeginEdit(MessageHead head)
    {
        if (_arena is null)
        {
            _arena = stream.Worker.Buffers.Rent();
            head.SetArena(_arena, stream.Worker.Scratch.Head, _arena is null ? 0 : stream.Worker.Buffers.BlockSize);
            // no memory: what adds to the head fails as if it were full
            if (_arena is null)
                return;
        }
        // the body that came with it may have grown since the last edit
        head.MaxLength =
            stream.Worker.Buffers.BlockSize
            - (head == stream.RequestHead ? stream.Following.BodyBeside(head) : BytesBeside(ref stream.Response, head));
    }

    /// <summary>Bytes of the buffer that the head must leave alone: what still has to go before it, and what came behind it.</summary>
    public static int BytesBeside(ref Channel channel, MessageHead head) =>
        (channel.Start < channel.Ready ? channel.Ready : 0) + channel.End - channel.Ready - head.HeadLength;

    public void EndEdits()
    {
        if (_arena is null)
            return;
        stream.Worker.Buffers.Return(_arena);
        _arena = null;
    }

    /// <summary>
    /// Moves Ready behind the head. An untouched head is forwarded where it lies; a changed one is written in front of
    /// the body, into the room the old one leaves and the headroom before it, so that the body does not move.
    /// </summary>
    public bool Commit(ref Channel channel, MessageHead head)
    {
        int body = channel.Ready + head.HeadLength;
        if (!head.IsModified)
        {
            // what was skipped in front of the head (empty lines) is not forwarded
            channel.Ready = body;
            return true;
        }
        if (head.IsFramingEdited)
            BeginEdit(head);
        if (!HeadWriter.RestoreFraming(head))
            return false;
        int length = HeadWriter.Length(head);
        if (length > stream.Worker.Scratch.HeadSize)
            return false;
        HeadWriter.Write(head, new System.Span<byte>(stream.Worker.Scratch.Head, length));
        int at = body - length;
        bool pending = channel.Start < channel.Ready;
        int lowest = pending ? channel.Ready : 0;
        if (at < lowest || pending)
        {
            int move = lowest + length;
            if (move + (channel.End - body) > stream.Worker.Buffers.BlockSize)
                return false;
            System.Buffer.MemoryCopy(channel.Data + body, channel.Data + move, stream.Worker.Buffers.BlockSize - move, channel.End - body);
            channel.End += move - body;
            body = move;
            at = body - length;
        }
        System.Buffer.MemoryCopy(stream.Worker.Scratch.Head, channel.Data + at, length, length);
        if (!pending)
            channel.Start = at;
        channel.Ready = body;
        return true;
    }
}
