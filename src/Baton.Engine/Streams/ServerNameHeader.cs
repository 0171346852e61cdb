// http-send-name-header: a header line that tells the server its own name. The server is chosen after the head was
// written, and may be chosen again, so the line is put behind the request line in the buffer itself.
// SAFETY: bytes are moved inside the block of the request, after its bounds were looked at.
using System;
using System.Text;
using Baton.Engine.Proxies;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>The line in the request of one stream. A part of it.</summary>
internal sealed unsafe class ServerNameHeader(HttpStream stream)
{
    /// <summary>Length of the line in the buffer now, 0 when there is none.</summary>
    private int _length;

    public void Reset() => _length = 0;

    /// <summary>Takes every header of that name out of the request before it is written.</summary>
    public void Remove(MessageHead head)
    {
        if (stream.Backend!.NameHeader is not { } name || head.Find(name) < 0)
            return;
        stream.Heads.BeginEdit(head);
        head.RemoveAll(name);
    }

    /// <summary>Puts the line for the assigned server in, in place of an earlier one. Nothing of the request has been sent. False when
    /// there is no room.</summary>
    public bool Insert()
    {
        ref Channel request = ref stream.Request;
        if (stream.Backend!.NameHeader is not { } name || request.Sent > 0 || stream.Server == stream.Backend.Dispatch)
            return true;
        int lineEnd = new ReadOnlySpan<byte>(request.Data + request.Start, request.Ready - request.Start).IndexOf((byte)'\n') + 1;
        if (lineEnd == 0)
            return false;
        if (_length > 0)
            ShiftLine(lineEnd, _length);
        string server = stream.Server!.Name;
        int length = name.Length + server.Length + 4;
        if (request.Start < length)
        {
            int room = stream.Worker.Buffers.BlockSize - request.End;
            if (room < length)
                return false;
            Buffer.MemoryCopy(
                request.Data + request.Start,
                request.Data + request.Start + length,
                stream.Worker.Buffers.BlockSize - request.Start - length,
                request.End - request.Start
            );
            request.Start += length;
            request.Ready += length;
            request.End += length;
        }
        ShiftLine(lineEnd, -length);
        // SAFETY: [Start + lineEnd, + length) was made free by the shift and lies inside the block
        var line = new Span<byte>(request.Data + request.Start + lineEnd, length);
        name.CopyTo(line);
        ": "u8.CopyTo(line[name.Length..]);
        Encoding.ASCII.GetBytes(server, line[(name.Length + 2)..]);
        "\r\n"u8.CopyTo(line[(length - 2)..]);
        request.Filter?.Lengthen(length - _length);
        _length = length;
        if (request.Retain)
            request.RetainedFrom = request.Start;
        return true;
    }

    /// <summary>Moves the request line (and with it the start of the message) by some bytes.</summary>
    private void ShiftLine(int length, int by)
    {
        ref Channel request = ref stream.Request;
        Buffer.MemoryCopy(request.Data + request.Start, request.Data + request.Start + by, length, length);
        request.Start += by;
    }
}
