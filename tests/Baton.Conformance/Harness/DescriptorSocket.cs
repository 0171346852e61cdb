// Bytes with descriptors (SCM_RIGHTS) over a UNIX socket, as the processes of a reload exchange them.
using System;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Baton.Conformance.Harness;

internal static unsafe partial class DescriptorSocket
{
    private const int MostDescriptors = 253,
        CloseOnExec = 0x40000000;

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int fd, in Message message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int fd, ref Message message, int flags);

    [LibraryImport("libc")]
    private static partial int close(int fd);

    [LibraryImport("libc")]
    private static partial int socketpair(int domain, int type, int protocol, int* ends);

    /// <summary>Two ends of a UNIX stream; the second one is for another process.</summary>
    public static (Socket Near, int Far) Pair()
    {
        const int unix = 1,
            stream = 1,
            closeOnExec = 0x80000;
        int* ends = stackalloc int[2];
        if (socketpair(unix, stream | closeOnExec, 0, ends) != 0)
            throw new System.IO.IOException("no socket pair");
        return (new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)), ends[1]);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public nint Name;
        public int NameLength,
            Padding1;
        public nint Vectors,
            VectorCount,
            Control,
            ControlLength;
        public int Flags,
            Padding2;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public nint Base,
            Length;
    }

    /// <summary>Sends all bytes, the descriptors with the first of them. False when the other side is gone.</summary>
    public static bool Send(Socket socket, ReadOnlySpan<byte> payload, ReadOnlySpan<int> descriptors)
    {
        while (payload.Length > 0)
        {
            byte[] control = new byte[16 + (4 * descriptors.Length + 7) / 8 * 8];
            BitConverter.TryWriteBytes(control, (long)(16 + 4 * descriptors.Length));
            BitConverter.TryWriteBytes(control.AsSpan(8), 1);
            BitConverter.TryWriteBytes(control.AsSpan(12), 1);
            MemoryMarshal.AsBytes(descriptors).CopyTo(control.AsSpan(16));
            fixed (
                byte* p = payload,
                    c = control
            )
            {
                var vector = new Vector { Base = (nint)p, Length = payload.Length };
                var message = new Message
                {
                    Vectors = (nint)(&vector),
                    VectorCount = 1,
                    Control = descriptors.Length > 0 ? (nint)c : 0,
                    ControlLength = descriptors.Length > 0 ? control.Length : 0,
                };
                const int noSignal = 0x4000;
                nint sent = sendmsg((int)socket.Handle, message, noSignal);
                if (sent <= 0)
                    return false;
                payload = payload[(int)sent..];
                descriptors = default;
            }
        }
        return true;
    }

    /// <summary>Receives up to the length of <paramref name="buffer"/>; 0 at the end of stream or on an error. The caller owns the
    /// descriptors.</summary>
    public static int Receive(Socket socket, Span<byte> buffer, out int[] descriptors)
    {
        byte[] control = new byte[16 + 4 * MostDescriptors + 8];
        fixed (
            byte* p = buffer,
                c = control
        )
        {
            var vector = new Vector { Base = (nint)p, Length = buffer.Length };
            var message = new Message
            {
                Vectors = (nint)(&vector),
                VectorCount = 1,
                Control = (nint)c,
                ControlLength = control.Length,
            };
            nint n = recvmsg((int)socket.Handle, ref message, CloseOnExec);
            int bytes = n > 0 && message.ControlLength >= 16 ? (int)BitConverter.ToInt64(control) - 16 : 0;
            descriptors = MemoryMarshal.Cast<byte, int>(control.AsSpan(16, bytes)).ToArray();
            return n > 0 ? (int)n : 0;
        }
    }

    public static void Close(ReadOnlySpan<int> descriptors)
    {
        foreach (int fd in descriptors)
            close(fd);
    }
}
