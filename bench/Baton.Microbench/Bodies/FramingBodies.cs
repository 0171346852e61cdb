// Framing other than heads: chunks and PROXY headers.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Http.H1;
using Baton.Http.ProxyProtocol;

namespace Baton.Microbench.Bodies;

internal static class FramingBodies
{
    private const int Chunks = 8,
        ChunkLength = 1000;

    internal static void Add(SortedDictionary<string, Action> all)
    {
        all["chunked-8x1000"] = Chunked();
        all["proxy-v1-parse"] = Parse(Encoding.ASCII.GetBytes("PROXY TCP4 192.0.2.17 198.51.100.4 56324 443\r\n"));
        var to = new byte[256];
        ProxyHeader header = Header();
        var writer = new ProxyHeaderWriter(to, header);
        all["proxy-v2-parse"] = Parse(to[..writer.Finish()]);
        all["proxy-v2-write"] = () =>
        {
            var w = new ProxyHeaderWriter(to, header);
            AllBodies.Must(w.Finish() > 0);
        };
    }

    private static ProxyHeader Header()
    {
        var header = new ProxyHeader { Version = 2, Family = ProxyFamily.IPv4 };
        header.SetAddresses([192, 0, 2, 17], 56324, [198, 51, 100, 4], 443);
        return header;
    }

    private static Action Parse(byte[] bytes) =>
        () => AllBodies.Must(ProxyHeaderParser.Parse(bytes, out _, out int length) == ProxyParseStatus.Complete && length == bytes.Length);

    private static Action Chunked()
    {
        var text = new StringBuilder();
        for (int i = 0; i < Chunks; i++)
            text.Append("3e8\r\n").Append('x', ChunkLength).Append("\r\n");
        byte[] bytes = Encoding.ASCII.GetBytes(text.Append("0\r\n\r\n").ToString());
        return () =>
        {
            ChunkedScanner scanner = default;
            int at = 0,
                payload = 0;
            ChunkStatus status;
            do
            {
                status = scanner.Next(bytes, ref at, out _, out int length);
                payload += length;
            } while (status == ChunkStatus.NeedMore && at < bytes.Length);
            AllBodies.Must(status == ChunkStatus.Done && payload == Chunks * ChunkLength);
        };
    }
}
