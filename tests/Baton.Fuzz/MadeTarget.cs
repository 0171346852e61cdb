// Heads that came in frames: whatever pairs a peer sends, the text made of them is one whole message that ends where it was said to.
using System;
using System.Text;
using Baton.Http.H1;
using Baton.Http.Messages;
using Baton.UnitTests.Http.H1;

namespace Baton.Fuzz;

internal static unsafe class MadeTarget
{
    private const byte EndOfName = 0xFE,
        EndOfPair = 0xFF;

    /// <summary>First byte: bit 0 an answer, bit 1 with a body, bit 2 of our own. Then pairs: a name, 0xFE, a value, 0xFF.</summary>
    internal static void Run(byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        bool response = (bytes[0] & 1) != 0,
            hasBody = (bytes[0] & 2) != 0;
        MessageOrigin origin = (bytes[0] & 4) != 0 ? MessageOrigin.Own : MessageOrigin.Frames;
        using var arena = new NativeBytes(2000);
        using var spare = new NativeBytes(2000);
        var head = new MessageHead();
        head.SetArena(arena.Pointer, spare.Pointer, arena.Length);
        ParseStatus status = Make(head, bytes.AsSpan(1), response, hasBody, origin);
        FuzzTargets.Expect(false, status is ParseStatus.Incomplete or ParseStatus.VersionNotSupported or ParseStatus.BodyNotAllowed);
        if (status != ParseStatus.Complete || !HeadWriter.RestoreFraming(head))
            return;
        byte[] written = new byte[HeadWriter.Length(head)];
        FuzzTargets.Expect(written.Length, HeadWriter.Write(head, written));
        string text = Encoding.Latin1.GetString(written);
        OracleHead oracle = response ? OracleHead.Response(text, HttpMethod.Get) : OracleHead.Request(text);
        FuzzTargets.Expect(ParseStatus.Complete, oracle.Status);
        FuzzTargets.Expect((text.Length, head.Body, head.ContentLength), (oracle.HeadLength, oracle.Body, oracle.ContentLength));
        int fields = 0;
        foreach (ref HeaderField field in head.Fields)
            FuzzTargets.Expect(
                oracle.Fields[fields++],
                (Encoding.Latin1.GetString(field.NameSpan), Encoding.Latin1.GetString(field.ValueSpan))
            );
        FuzzTargets.Expect(oracle.Fields.Count, fields);
    }

    private static ParseStatus Make(MessageHead head, ReadOnlySpan<byte> pairs, bool response, bool hasBody, MessageOrigin origin)
    {
        HeadMaker maker = response ? HeadMaker.Response(head, origin, HttpMethod.Get) : HeadMaker.Request(head, origin);
        while (pairs.Length > 0)
        {
            int end = pairs.IndexOf(EndOfPair);
            ReadOnlySpan<byte> pair = end < 0 ? pairs : pairs[..end];
            pairs = end < 0 ? default : pairs[(end + 1)..];
            int colon = pair.IndexOf(EndOfName);
            ReadOnlySpan<byte> name = colon < 0 ? pair : pair[..colon],
                value = colon < 0 ? default : pair[(colon + 1)..];
            // a refusal is not heeded, and must stay one
            if (name.SequenceEqual(":method"u8))
                maker.SetMethod(value);
            else if (name.SequenceEqual(":scheme"u8))
                maker.SetScheme(value);
            else if (name.SequenceEqual(":authority"u8))
                maker.SetAuthority(value);
            else if (name.SequenceEqual(":path"u8))
                maker.SetPath(value);
            else if (name.SequenceEqual(":status"u8))
                maker.SetStatus(value.Length == 3 ? (value[0] - '0') * 100 + (value[1] - '0') * 10 + value[2] - '0' : 0);
            else
                maker.Add(name, value);
        }
        return maker.End(hasBody);
    }
}
