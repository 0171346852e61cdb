// From a field block to a message head: decodes, counts, and makes the head by HeadMaker, whose checks are those of every other head.
// What is about frames alone, the pseudo-fields and their order, is looked at here and there (RFC 9113 §8.2, §8.3, RFC 8441).
using System;
using Baton.Http.H2.Hpack;
using Baton.Http.Messages;

namespace Baton.Http.H2;

/// <summary>
/// Reads whole field blocks. Whatever the verdict, the decoder's table is in step, but after Undecodable. The head's arena must have been
/// lent; what is in the head after a refusal is of no use.
/// </summary>
public static class Http2HeadReader
{
    /// <summary>
    /// Reads the head of a request. <paramref name="scratch"/>: see <see cref="HpackDecoder.ScratchSize"/>;
    /// <paramref name="endsStream"/>: no body follows.
    /// </summary>
    public static HeadReading ReadRequest(
        ref HpackDecoder decoder,
        ReadOnlySpan<byte> block,
        Span<byte> scratch,
        MessageHead head,
        HeadLimits limits,
        bool endsStream,
        in ParseOptions options = default
    )
    {
        var handler = new HeadFields(HeadMaker.Request(head, MessageOrigin.Frames, options), limits);
        return Read(ref decoder, block, scratch, ref handler, !endsStream);
    }

    /// <summary>
    /// Reads the head of an answer to a request of <paramref name="requestMethod"/>, be it an interim one.
    /// <paramref name="endsStream"/>: no body follows. Where the request was an extended CONNECT its method was
    /// <see cref="HttpMethod.Get"/>, as its head has it.
    /// </summary>
    public static HeadReading ReadResponse(
        ref HpackDecoder decoder,
        ReadOnlySpan<byte> block,
        Span<byte> scratch,
        MessageHead head,
        HttpMethod requestMethod,
        HeadLimits limits,
        bool endsStream,
        in ParseOptions options = default
    )
    {
        var handler = new HeadFields(HeadMaker.Response(head, MessageOrigin.Frames, requestMethod, options), limits);
        return Read(ref decoder, block, scratch, ref handler, !endsStream);
    }

    private static HeadReading Read(
        ref HpackDecoder decoder,
        ReadOnlySpan<byte> block,
        Span<byte> scratch,
        ref HeadFields handler,
        bool hasBody
    )
    {
        if (!decoder.Decode(block, scratch, ref handler))
            return new HeadReading { Verdict = HeadVerdict.Undecodable, Status = ParseStatus.BadRequest };
        return handler.End(hasBody);
    }

    /// <summary>
    /// Reads trailers into text, a line for each (<c>name: value CRLF</c>), as they go behind the last chunk of HTTP/1. They end the
    /// stream; that they do is for the caller to see.
    /// </summary>
    public static HeadReading ReadTrailers(
        ref HpackDecoder decoder,
        ReadOnlySpan<byte> block,
        Span<byte> scratch,
        Span<byte> text,
        HeadLimits limits
    )
    {
        var handler = new TrailerFields(text, limits);
        if (!decoder.Decode(block, scratch, ref handler))
            return new HeadReading { Verdict = HeadVerdict.Undecodable, Status = ParseStatus.BadRequest };
        return handler.End();
    }

    /// <summary>
    /// Decodes a block whose message is not wanted (a stream that was reset or refused), to keep the table in step. False: it cannot be
    /// decoded.
    /// </summary>
    public static bool PassOver(ref HpackDecoder decoder, ReadOnlySpan<byte> block, Span<byte> scratch)
    {
        var handler = default(NoFields);
        return decoder.Decode(block, scratch, ref handler);
    }

    private struct NoFields : IHeaderFieldHandler
    {
        public readonly bool OnField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed) => false;

        public readonly void OnTooLong() { }
    }
}
