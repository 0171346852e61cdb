// Fuzz target of a handover's conversation over a real socket: frames with descriptors where none belong, too many, too few,
// torn anywhere. Whatever comes, no descriptor stays behind, and what is only announced takes no memory.
using System;
using Baton.Handover.Protocol;
using Baton.Interop.Linux;

namespace Baton.Fuzz;

internal static class ConversationTarget
{
    /// <summary>Memory that one conversation of at most some kilobytes may take.</summary>
    private const long MostBytes = 16 << 20;

    /// <summary>A process that another thread starts just now holds copies until it executes its program.</summary>
    private const int PatienceMs = 2000;

    /// <summary>Bytes in pieces: a length and a number of descriptors in front of each.</summary>
    public static void Run(byte[] bytes)
    {
        if (!SocketNames.Pair(out int mine, out int theirs))
            throw new FuzzFailure("no socket pair");
        // the last copy of its writing end gone, a pipe has ended
        if (!Files.Pipe(out int readEnd, out int given))
            throw new FuzzFailure("no pipe");
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Span<int> gift = stackalloc int[DescriptorPassing.MaxPerMessage];
        gift.Fill(given);
        for (int at = 0; at + 2 < bytes.Length; )
        {
            int length = Math.Min(1 + bytes[at] % 32, bytes.Length - at - 2),
                count = bytes[at + 1] < 128 ? 0 : 2 * (bytes[at + 1] - 128);
            if (
                DescriptorPassing.Send(
                    theirs,
                    bytes.AsSpan(at + 2, length),
                    gift[..Math.Min(count, gift.Length)],
                    Sockets.MSG_NOSIGNAL | Sockets.MSG_DONTWAIT
                ) < 0
            )
                break;
            at += 2 + length;
        }
        Sockets.shutdown(theirs, Sockets.SHUT_WR);
        var channel = new FrameChannel(mine) { MaxPayload = HandoverProtocol.MaxAnswer };
        for (int i = 0; i < 100_000 && (i % 3 == 0 ? channel.Expect(FrameType.Hello) : channel.Receive()); i++) { }
        channel.CloseDescriptors();
        if (channel.Error is null)
            throw new FuzzFailure("the end of the stream is not noticed");
        Files.close(given);
        Files.close(mine);
        Files.close(theirs);
        if (!Files.WaitReadable(readEnd, -1, PatienceMs))
            throw new FuzzFailure("descriptors stay behind");
        Files.close(readEnd);
        long took = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (took > MostBytes)
            throw new FuzzFailure($"{took} bytes for {bytes.Length} that came");
    }
}
