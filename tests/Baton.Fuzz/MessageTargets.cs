// HTTP/1 messages: whole, byte by byte and torn at random, beside slow parsers written from the RFCs.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Baton.Http.H1;
using Baton.Http.Headers;
using Baton.Http.Messages;
using Baton.UnitTests.Http.H1;

namespace Baton.Fuzz;

internal static unsafe class MessageTargets
{
    /// <summary>A head is judged as the oracle judges it, however it arrives, and what is written of it says the same to the
    /// oracle.</summary>
    internal static void Head(byte[] bytes, bool response)
    {
        string text = Encoding.Latin1.GetString(bytes);
        OracleHead oracle = Judge(text, response);
        using var native = new NativeBytes(bytes);
        var whole = new MessageHead();
        ParseStatus status = Parse(new HeadParser(whole), native, bytes.Length, response);
        FuzzTargets.Expect(oracle.Status, status);
        foreach (IEnumerable<int> cuts in (IEnumerable<int>[])[Enumerable.Range(0, bytes.Length), RandomCuts(bytes)])
        {
            var torn = new MessageHead();
            var parser = new HeadParser(torn);
            ParseStatus tornStatus = ParseStatus.Incomplete;
            foreach (int cut in cuts.Append(bytes.Length))
            {
                tornStatus = Parse(parser, native, cut, response);
                if (tornStatus != ParseStatus.Incomplete)
                    break;
            }
            FuzzTargets.Expect(status, tornStatus);
            if (status == ParseStatus.Complete)
                FuzzTargets.Expect(
                    (whole.HeadLength, whole.Body, whole.ContentLength, whole.KeepAlive),
                    (torn.HeadLength, torn.Body, torn.ContentLength, torn.KeepAlive)
                );
        }
        if (status != ParseStatus.Complete)
            return;
        FuzzTargets.Expect(
            (oracle.HeadLength, oracle.Body, oracle.ContentLength, oracle.KeepAlive),
            (whole.HeadLength, whole.Body, whole.ContentLength, whole.KeepAlive)
        );
        OracleHead again = Judge(Written(whole), response);
        FuzzTargets.Expect(ParseStatus.Complete, again.Status);
        FuzzTargets.Expect((oracle.Body, oracle.ContentLength, FieldsOf(oracle)), (again.Body, again.ContentLength, FieldsOf(again)));
    }

    /// <summary>
    /// A head as it goes on: nothing that was for the connection it came by, nothing that an interim answer may not say, and all the
    /// rest in its order. First byte odd: a response.
    /// </summary>
    internal static void Forward(byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        bool response = (bytes[0] & 1) != 0,
            keepsUpgrade = (bytes[0] & 2) != 0;
        string text = Encoding.Latin1.GetString(bytes, 1, bytes.Length - 1);
        OracleHead oracle = Judge(text, response);
        if (oracle.Status != ParseStatus.Complete)
            return;
        using var native = new NativeBytes(bytes.AsSpan(1));
        using var arena = new NativeBytes(2000);
        using var spare = new NativeBytes(2000);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        head.SetArena(arena.Pointer, spare.Pointer, arena.Length);
        FuzzTargets.Expect(ParseStatus.Complete, Parse(parser, native, native.Length, response));
        head.MaxLength = 4000;
        HopByHopOptions options = HopByHop.Remove(head, keepsUpgrade);
        OracleHead written = Judge(Written(head), response);
        FuzzTargets.Expect(ParseStatus.Complete, written.Status);
        FuzzTargets.Expect((oracle.Body, oracle.ContentLength), (written.Body, written.ContentLength));
        HashSet<string> named = Words(oracle, "connection");
        bool namesUpgrade = oracle.Fields.Exists(f =>
            Is(f.Name, "connection") && !StaysUpgrade(oracle, f.Value, keepsUpgrade) && f.Value.Split(',').Any(v => IsWord(v, "upgrade"))
        );
        List<string> expected = GoesOn(oracle, keepsUpgrade);
        FuzzTargets.Expect(
            string.Join('\n', expected),
            string.Join(
                '\n',
                written.Fields.Select(f => f.Name.ToLowerInvariant() + "=" + (Is(f.Name, "te") ? f.Value.ToLowerInvariant() : f.Value))
            )
        );
        FuzzTargets.Expect(named.Contains("te") && Words(oracle, "te").Contains("trailers"), (options & HopByHopOptions.Te) != 0);
        FuzzTargets.Expect(
            namesUpgrade && expected.Any(f => f.StartsWith("upgrade=", StringComparison.Ordinal)),
            (options & HopByHopOptions.Upgrade) != 0
        );
    }

    /// <summary>The fields that have to be left of a head, in their order.</summary>
    private static List<string> GoesOn(OracleHead oracle, bool keepsUpgrade)
    {
        HashSet<string> named = Words(oracle, "connection");
        bool hasUpgrade = oracle.Fields.Exists(f => Is(f.Name, "upgrade")),
            wantsTrailers = Words(oracle, "te").Contains("trailers");
        var expected = new List<string>();
        foreach ((string name, string value) in oracle.Fields)
        {
            string lower = name.ToLowerInvariant();
            if (lower == "te")
            {
                if (wantsTrailers && value.Split(',').Any(v => IsWord(v, "trailers")))
                    expected.Add("te=trailers");
                continue;
            }
            if (lower == "connection" && StaysUpgrade(oracle, value, keepsUpgrade))
                expected.Add("connection=" + value);
            if (
                lower is "connection" or "keep-alive" or "proxy-connection"
                || !keepsUpgrade && (lower == "upgrade" || lower == "http2-settings" && (hasUpgrade || named.Contains(lower)))
            )
                continue;
            bool isWellKnown = HeaderNames.Find(Encoding.Latin1.GetBytes(name)) != HeaderId.Other;
            if (isWellKnown || !named.Contains(lower) || lower == "close")
                expected.Add(lower + "=" + value);
        }
        // of several that ask for trailers the first stays
        for (int i = expected.LastIndexOf("te=trailers"); i > expected.IndexOf("te=trailers"); i = expected.LastIndexOf("te=trailers"))
            expected.RemoveAt(i);
        return expected;
    }

    /// <summary>A Connection field that says nothing but "upgrade" stays with the Upgrade field.</summary>
    private static bool StaysUpgrade(OracleHead oracle, string value, bool keepsUpgrade) =>
        keepsUpgrade && Is(value, "upgrade") && oracle.Fields.Exists(f => Is(f.Name, "upgrade"));

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static bool IsWord(string element, string word) => Is(element.Trim(' ', '\t'), word);

    /// <summary>A chunked body is judged as the oracle judges it, however it arrives, decoded or passed on.</summary>
    internal static void Chunked(byte[] bytes)
    {
        OracleChunks oracle = OracleChunks.Read(Encoding.Latin1.GetString(bytes));
        foreach (
            IEnumerable<int> cuts in (IEnumerable<int>[])
                [
                    [],
                    Enumerable.Range(0, bytes.Length),
                    RandomCuts(bytes),
                ]
        )
        {
            Decoded(bytes, cuts, oracle);
            PassedOn(bytes, cuts, oracle);
        }
    }

    private static void Decoded(byte[] bytes, IEnumerable<int> cuts, OracleChunks oracle)
    {
        var scanner = default(ChunkedScanner);
        var payload = new StringBuilder();
        ChunkStatus status = ChunkStatus.NeedMore;
        int at = 0;
        foreach (int cut in cuts.Append(bytes.Length))
        {
            if (status != ChunkStatus.NeedMore)
                break;
            byte[] piece = bytes[at..cut];
            status = ChunkedDecoder.DecodeInPlace(ref scanner, piece, out int consumed, out int written);
            payload.Append(Encoding.Latin1.GetString(piece, 0, written));
            at += consumed;
        }
        FuzzTargets.Expect(oracle.Status, status);
        if (status != ChunkStatus.Bad)
            FuzzTargets.Expect((oracle.End, oracle.Payload, (long)oracle.Payload.Length), (at, payload.ToString(), scanner.PayloadBytes));
    }

    private static void PassedOn(byte[] bytes, IEnumerable<int> cuts, OracleChunks oracle)
    {
        foreach (bool withoutTrailers in (bool[])[false, true])
        {
            var scanner = default(ChunkedScanner);
            var plain = new StringBuilder();
            ChunkStatus status = ChunkStatus.NeedMore;
            int at = 0;
            foreach (int cut in cuts.Append(bytes.Length))
            {
                if (status != ChunkStatus.NeedMore)
                    break;
                byte[] piece = bytes[at..cut];
                status = scanner.Rewrite(piece, withoutTrailers, out int kept, out int dropped);
                plain.Append(Encoding.Latin1.GetString(piece, 0, kept));
                at += kept + dropped;
            }
            FuzzTargets.Expect(oracle.Status, status);
            if (status == ChunkStatus.Done)
                FuzzTargets.Expect(
                    (oracle.End, withoutTrailers ? oracle.PlainWithoutTrailers : oracle.Plain),
                    (at, OracleChunks.DropZero(plain.ToString()))
                );
        }
    }

    /// <summary>Up to six places to cut the input at, in order; the same for the same input.</summary>
    private static int[] RandomCuts(byte[] bytes)
    {
        var random = new Random(bytes.Length + bytes.Sum(b => b));
        return [.. Enumerable.Range(0, 6).Select(_ => random.Next(bytes.Length + 1)).Order()];
    }

    private static OracleHead Judge(string text, bool response) =>
        response ? OracleHead.Response(text, HttpMethod.Get) : OracleHead.Request(text);

    private static ParseStatus Parse(HeadParser parser, NativeBytes bytes, int length, bool response) =>
        response
            ? parser.ParseResponse(bytes.Pointer, length, HttpMethod.Get, default)
            : parser.ParseRequest(bytes.Pointer, length, default);

    private static string Written(MessageHead head)
    {
        byte[] written = new byte[HeadWriter.Length(head)];
        FuzzTargets.Expect(written.Length, HeadWriter.Write(head, written));
        return Encoding.Latin1.GetString(written);
    }

    private static string FieldsOf(OracleHead head) => string.Join('\n', head.Fields.Select(f => f.Name + "=" + f.Value));

    private static HashSet<string> Words(OracleHead head, string name) =>
        [
            .. head
                .Fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .SelectMany(f => f.Value.Split(','))
                .Select(v => v.Trim(' ', '\t').ToLowerInvariant()),
        ];
}
