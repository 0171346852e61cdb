// HTTP/2's octets: HPACK beside a slow decoder, heads that must come through text and through a block again as they were, frames that
// must never say more than they hold.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Http.H1;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;
using Baton.Http.Headers;
using Baton.Http.Messages;
using Baton.UnitTests.Http.H1;
using Baton.UnitTests.Http.H2;

namespace Baton.Fuzz;

internal static unsafe class H2Targets
{
    /// <summary>
    /// Blocks of one connection, each behind a byte: its length; 0xFF before another limit of the table (one byte, times 32). The table
    /// moves to another decoder between any two.
    /// </summary>
    internal static void Hpack(byte[] bytes)
    {
        var decoder = new HpackDecoder();
        var oracle = new OracleHpack();
        for (int at = 0; at < bytes.Length; )
        {
            if (bytes[at] == 0xFF && at + 1 < bytes.Length)
            {
                int limit = bytes[at + 1] * 32;
                decoder.SetTableLimit(limit);
                oracle.Limit = limit;
                oracle.IsResizeDue |= limit < oracle.MaxSize;
                at += 2;
                continue;
            }
            int length = Math.Min((int)bytes[at], bytes.Length - at - 1);
            byte[] block = bytes[(at + 1)..(at + 1 + length)];
            at += 1 + length;
            string? expected = oracle.Decode(block);
            FuzzTargets.Expect(expected, FieldList.Decode(ref decoder, block));
            if (expected == null)
                break;
            FuzzTargets.Expect((oracle.Count, oracle.Size, oracle.MaxSize), (decoder.TableCount, decoder.TableSize, decoder.MaxSize));
            byte[] image = new byte[decoder.ImageSize];
            FuzzTargets.Expect(image.Length, decoder.Export(image));
            decoder.Release();
            FuzzTargets.Expect(true, decoder.Import(image));
        }
        decoder.Release();
        // any octets are an image or none, and do no harm
        if (decoder.Import(bytes))
            FuzzTargets.Expect(bytes.Length, decoder.ImageSize);
        decoder.Release();
    }

    /// <summary>First byte: bit 0 an answer, bit 1 it ends the stream. Then a block.</summary>
    internal static void Head(byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        bool response = (bytes[0] & 1) != 0,
            endsStream = (bytes[0] & 2) != 0;
        using var first = new HeadMemory();
        using var second = new HeadMemory();
        HeadReading reading = first.Read(bytes.AsSpan(1), response, endsStream);
        FuzzTargets.Expect(reading.IsFine, reading.Status == ParseStatus.Complete);
        if (!reading.IsFine)
            return;
        byte[] block = new byte[5000];
        bool opensTunnel = reading.IsExtendedConnect;
        int length = response
            ? HeadBlockWriter.WriteResponse(first.Head, block)
            : HeadBlockWriter.WriteRequest(first.Head, "https"u8, block, opensTunnel);
        FuzzTargets.Expect(true, length > 0);
        HeadReading again = second.Read(block.AsSpan(0, length), response, endsStream);
        FuzzTargets.Expect(HeadVerdict.Fine, again.Verdict);
        FuzzTargets.Expect(reading.IsExtendedConnect, again.IsExtendedConnect);
        string text = first.Text();
        // Host comes first once it was an authority
        FuzzTargets.Expect(Sorted(text), Sorted(second.Text()));
        OracleHead oracle = response ? OracleHead.Response(text, HttpMethod.Get) : OracleHead.Request(text);
        FuzzTargets.Expect((ParseStatus.Complete, text.Length), (oracle.Status, oracle.HeadLength));
    }

    private static string Sorted(string text)
    {
        string[] lines = text.Split("\r\n");
        Array.Sort(lines, StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private sealed class HeadMemory : IDisposable
    {
        private readonly NativeBytes _arena = new(2000),
            _spare = new(2000);
        private HpackDecoder _decoder = new();

        public MessageHead Head { get; } = new(40);

        public HeadReading Read(ReadOnlySpan<byte> block, bool response, bool endsStream)
        {
            Head.SetArena(_arena.Pointer, _spare.Pointer, _arena.Length);
            byte[] scratch = new byte[HpackDecoder.ScratchSize(block.Length)];
            var limits = new HeadLimits { MaxFields = 60, MaxListSize = 3000 };
            HeadReading reading = response
                ? Http2HeadReader.ReadResponse(ref _decoder, block, scratch, Head, HttpMethod.Get, limits, endsStream)
                : Http2HeadReader.ReadRequest(ref _decoder, block, scratch, Head, limits, endsStream);
            FuzzTargets.Expect(true, reading.Fields <= 61 && reading.Glitches <= reading.Fields);
            return reading;
        }

        public string Text()
        {
            FuzzTargets.Expect(true, HeadWriter.RestoreFraming(Head));
            byte[] text = new byte[HeadWriter.Length(Head)];
            FuzzTargets.Expect(text.Length, HeadWriter.Write(Head, text));
            return Encoding.Latin1.GetString(text);
        }

        public void Dispose()
        {
            _arena.Dispose();
            _spare.Dispose();
            _decoder.Release();
        }
    }

    /// <summary>A stream of frames: what each check says is the same however often it is asked, and what is left lies within.</summary>
    internal static void Frames(byte[] bytes)
    {
        Http2Settings settings = Http2Settings.Initial;
        int window = 65535,
            continuing = 0;
        GlitchMeter meter = default;
        ReadOnlySpan<byte> rest = bytes;
        while (FrameHeader.TryRead(rest, out FrameHeader header))
        {
            byte[] written = new byte[FrameHeader.Size];
            header.Write(written);
            FuzzTargets.Expect(true, FrameHeader.TryRead(written, out FrameHeader again));
            FuzzTargets.Expect(
                (header.Length, header.Type, header.Flags, header.StreamId),
                (again.Length, again.Type, again.Flags, again.StreamId)
            );
            FrameVerdict verdict = FrameChecks.CheckHeader(header, settings.MaxFrameSize, continuing);
            if (verdict.Scope == FrameScope.Connection || rest.Length - FrameHeader.Size < header.Length)
                return;
            ReadOnlySpan<byte> payload = rest.Slice(FrameHeader.Size, header.Length);
            rest = rest[(FrameHeader.Size + header.Length)..];
            meter.Note(FloodKind.Priority, header.Length);
            if (verdict.IsFine && !Take(header, payload, ref settings, ref window))
                return;
            bool ends = header.Has(FrameFlags.EndHeaders);
            if (header.Type is FrameType.Headers or FrameType.Continuation)
                continuing = ends ? 0 : header.StreamId;
        }
    }

    /// <summary>Acts on a frame as a connection would; false: the connection ends.</summary>
    private static bool Take(in FrameHeader header, ReadOnlySpan<byte> payload, ref Http2Settings settings, ref int window)
    {
        switch (header.Type)
        {
            case FrameType.Data:
            case FrameType.Headers:
                ReadOnlySpan<byte> left = payload;
                if (FrameChecks.Strip(header, ref left).Scope == FrameScope.Connection)
                    return false;
                FuzzTargets.Expect(true, left.IsEmpty || payload.Overlaps(left) && left.Length <= payload.Length);
                return true;
            case FrameType.Settings:
                int before = settings.InitialWindowSize;
                if (settings.Apply(payload, fromServer: false) != ErrorCode.NoError)
                    return false;
                byte[] frame = new byte[FrameWriter.MaxSettingsSize];
                int length = FrameWriter.WriteSettings(frame, settings);
                Http2Settings again = Http2Settings.Initial;
                FuzzTargets.Expect(ErrorCode.NoError, again.Apply(frame.AsSpan(FrameHeader.Size..length), fromServer: false));
                FuzzTargets.Expect(settings, again);
                return FrameChecks.TryResize(ref window, before, settings.InitialWindowSize);
            case FrameType.WindowUpdate:
                long old = window;
                bool isFine = FrameChecks.CheckWindowUpdate(header, payload, ref window).IsFine;
                FuzzTargets.Expect(isFine, window > old);
                return isFine;
            case FrameType.Priority:
                FrameChecks.CheckPriority(header, payload);
                return true;
            default:
                return true;
        }
    }
}
