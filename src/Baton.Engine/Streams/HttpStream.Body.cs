// What has come of the request's body while its head still lies before it in the buffer.
using System;
using Baton.Http.H1;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>The payload behind the head; without its framing, in <paramref name="scratch"/>, when it comes in chunks. Only while the head is readable.</summary>
    internal ReadOnlySpan<byte> BodySoFar(Span<byte> scratch)
    {
        int start = Request.Ready + RequestHead.HeadLength;
        if (RequestHead.Body == BodyKind.None || start >= Request.End) return default;
        // SAFETY: the buffer stays where it is while a rule runs
        var received = new ReadOnlySpan<byte>(Request.Data + start, Request.End - start);
        if (RequestHead.Body == BodyKind.Length) return received[..(int)Math.Min(RequestHead.ContentLength, received.Length)];
        var scanner = default(ChunkedScanner);
        int position = 0, written = 0;
        ChunkStatus status;
        do
        {
            status = scanner.Next(received, ref position, out int at, out int length);
            length = Math.Min(length, scratch.Length - written);
            received.Slice(at, length).CopyTo(scratch[written..]);
            written += length;
        }
        while (status == ChunkStatus.NeedMore && position < received.Length && written < scratch.Length);
        return scratch[..written];
    }
}
