// http-send-name-header: a header line that tells the server its own name. The server is chosen after the head was
// written, and may be chosen again, so the line is put behind the request line in the buffer itself.
using System;
using System.Text;
using Baton.Engine.Proxies;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>Length of the line in the buffer now, 0 when there is none.</summary>
    private int _nameLineLength;

    /// <summary>Takes every header of that name out of the request before it is written.</summary>
    private void RemoveServerNameHeader(MessageHead head)
    {
        if (Backend!.NameHeader is not { } name || head.Find(name) < 0)
            return;
        RentArena(head);
        head.RemoveAll(name);
    }

    /// <summary>Puts the line for the assigned server in, in place of an earlier one. Nothing of the request has been sent. False when
    /// there is no room.</summary>
    private bool InsertServerName()
    {
        if (Backend!.NameHeader is not { } name || Request.Sent > 0 || Server == Backend.Dispatch)
            return true;
        int lineEnd = new ReadOnlySpan<byte>(Request.Data + Request.Start, Request.Ready - Request.Start).IndexOf((byte)'\n') + 1;
        if (lineEnd == 0)
            return false;
        if (_nameLineLength > 0)
            ShiftRequestLine(lineEnd, _nameLineLength);
        string server = Server!.Name;
        int length = name.Length + server.Length + 4;
        if (Request.Start < length)
        {
            int room = Worker.Buffers.BlockSize - Request.End;
            if (room < length)
                return false;
            Buffer.MemoryCopy(
                Request.Data + Request.Start,
                Request.Data + Request.Start + length,
                Worker.Buffers.BlockSize - Request.Start - length,
                Request.End - Request.Start
            );
            Request.Start += length;
            Request.Ready += length;
            Request.End += length;
        }
        ShiftRequestLine(lineEnd, -length);
        // SAFETY: [Start + lineEnd, + length) was made free by the shift and lies inside the block
        var line = new Span<byte>(Request.Data + Request.Start + lineEnd, length);
        name.CopyTo(line);
        ": "u8.CopyTo(line[name.Length..]);
        Encoding.ASCII.GetBytes(server, line[(name.Length + 2)..]);
        "\r\n"u8.CopyTo(line[(length - 2)..]);
        Request.Filter?.Lengthen(length - _nameLineLength);
        _nameLineLength = length;
        if (Request.Retain)
            Request.RetainedFrom = Request.Start;
        return true;
    }

    /// <summary>Moves the request line (and with it the start of the message) by some bytes.</summary>
    private void ShiftRequestLine(int length, int by)
    {
        Buffer.MemoryCopy(Request.Data + Request.Start, Request.Data + Request.Start + by, length, length);
        Request.Start += by;
    }
}
