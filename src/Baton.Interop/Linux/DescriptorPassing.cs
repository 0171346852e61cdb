// SCM_RIGHTS: descriptors sent and received beside ordinary bytes on a UNIX socket.
using System;

namespace Baton.Interop.Linux;

public static unsafe class DescriptorPassing
{
    /// <summary>The kernel's SCM_MAX_FD: descriptors one message can carry.</summary>
    public const int MaxPerMessage = 253;

    /// <summary>Sends <paramref name="payload"/> (at least one byte) with the descriptors attached. Returns the bytes sent or -1 (errno in <see cref="Sockets.Last"/>).</summary>
    public static nint Send(int fd, ReadOnlySpan<byte> payload, ReadOnlySpan<int> descriptors, int flags = Sockets.MSG_NOSIGNAL)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxPerMessage);
        // SAFETY: control holds the header (16 bytes) and at most 253 ints.
        byte* control = stackalloc byte[16 + MaxPerMessage * sizeof(int) + 8];
        fixed (byte* p = payload)
        {
            var vector = new IoVector { Base = p, Length = payload.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (!descriptors.IsEmpty)
            {
                int bytes = descriptors.Length * sizeof(int);
                *(nint*)control = 16 + bytes;
                *(int*)(control + 8) = Sockets.SOL_SOCKET;
                *(int*)(control + 12) = Sockets.SCM_RIGHTS;
                descriptors.CopyTo(new Span<int>(control + 16, descriptors.Length));
                message.Control = control;
                message.ControlLength = 16 + ((bytes + 7) & ~7);
            }
            return Sockets.sendmsg(fd, &message, flags);
        }
    }

    /// <summary>Receives bytes and up to 253 descriptors (close-on-exec). A truncated control message closes what came and returns -1 with <paramref name="count"/> 0.</summary>
    public static nint Receive(int fd, Span<byte> payload, Span<int> descriptors, out int count, int flags = 0)
    {
        count = 0;
        byte* control = stackalloc byte[16 + 253 * sizeof(int) + 64];
        fixed (byte* p = payload)
        {
            var vector = new IoVector { Base = p, Length = payload.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 16 + 253 * sizeof(int) + 64 };
            nint got = Sockets.recvmsg(fd, &message, flags | Sockets.MSG_CMSG_CLOEXEC);
            if (got < 0) return got;
            byte* at = control, end = control + message.ControlLength;
            bool overflow = (message.Flags & Sockets.MSG_CTRUNC) != 0;
            while (end - at >= 16)
            {
                nint length = *(nint*)at;
                if (length < 16 || length > end - at) break;
                if (*(int*)(at + 8) == Sockets.SOL_SOCKET && *(int*)(at + 12) == Sockets.SCM_RIGHTS)
                {
                    int n = (int)((length - 16) / sizeof(int));
                    for (int i = 0; i < n; i++)
                    {
                        int received = ((int*)(at + 16))[i];
                        if (count < descriptors.Length) descriptors[count++] = received;
                        else { Files.close(received); overflow = true; }
                    }
                }
                at += (length + 7) & ~7;
            }
            if (!overflow) return got;
            for (int i = 0; i < count; i++) Files.close(descriptors[i]);
            count = 0;
            return -1;
        }
    }
}
