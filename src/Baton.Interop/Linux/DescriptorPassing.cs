// SCM_RIGHTS: descriptors sent and received beside ordinary bytes on a UNIX socket.
using System;

namespace Baton.Interop.Linux;

public static unsafe class DescriptorPassing
{
    /// <summary>The kernel's SCM_MAX_FD: descriptors one message can carry.</summary>
    public const int MaxPerMessage = 253;

    /// <summary>struct cmsghdr: its size, and where level and type lie; the length is at 0, what is carried behind it.</summary>
    internal const int HeaderSize = 16,
        LevelAt = 8,
        TypeAt = 12;

    /// <summary>What is received may carry other messages beside the descriptors.</summary>
    private const int ControlRoom = HeaderSize + MaxPerMessage * sizeof(int) + 64;

    /// <summary>Sends <paramref name="payload"/> (at least one byte) with the descriptors attached. Returns the bytes sent or -1 (errno in
    /// <see cref="Sockets.Last"/>).</summary>
    public static nint Send(int fd, ReadOnlySpan<byte> payload, ReadOnlySpan<int> descriptors, int flags = Sockets.MSG_NOSIGNAL)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxPerMessage);
        // SAFETY: control holds the header and at most 253 ints.
        byte* control = stackalloc byte[HeaderSize + MaxPerMessage * sizeof(int) + 8];
        fixed (byte* p = payload)
        {
            var vector = new IoVector { Base = p, Length = payload.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (!descriptors.IsEmpty)
            {
                int bytes = descriptors.Length * sizeof(int);
                *(nint*)control = HeaderSize + bytes;
                *(int*)(control + LevelAt) = Sockets.SOL_SOCKET;
                *(int*)(control + TypeAt) = Sockets.SCM_RIGHTS;
                descriptors.CopyTo(new Span<int>(control + HeaderSize, descriptors.Length));
                message.Control = control;
                message.ControlLength = HeaderSize + ((bytes + 7) & ~7);
            }
            return Sockets.sendmsg(fd, &message, flags);
        }
    }

    /// <summary>Receives bytes and up to 253 descriptors (close-on-exec). A truncated control message closes what came and returns -1 with
    /// <paramref name="count"/> 0 and EMFILE.</summary>
    public static nint Receive(int fd, Span<byte> payload, Span<int> descriptors, out int count, int flags = 0) =>
        Receive(fd, payload, descriptors, out count, out _, flags);

    /// <summary>The same, and who sent it: the kernel says so where SO_PASSCRED is set, else 0.</summary>
    public static nint Receive(int fd, Span<byte> payload, Span<int> descriptors, out int count, out int senderPid, int flags = 0)
    {
        count = senderPid = 0;
        byte* control = stackalloc byte[ControlRoom];
        fixed (byte* p = payload)
        {
            var vector = new IoVector { Base = p, Length = payload.Length };
            var message = new MessageHeader
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = ControlRoom,
            };
            nint got = Sockets.recvmsg(fd, &message, flags | Sockets.MSG_CMSG_CLOEXEC);
            if (got < 0)
                return got;
            byte* at = control,
                end = control + message.ControlLength;
            bool overflow = (message.Flags & Sockets.MSG_CTRUNC) != 0;
            while (end - at >= HeaderSize)
            {
                nint length = *(nint*)at;
                if (length < HeaderSize || length > end - at)
                    break;
                if (*(int*)(at + LevelAt) == Sockets.SOL_SOCKET && *(int*)(at + TypeAt) == Sockets.SCM_RIGHTS)
                {
                    int n = (int)((length - HeaderSize) / sizeof(int));
                    for (int i = 0; i < n; i++)
                    {
                        int received = ((int*)(at + HeaderSize))[i];
                        if (count < descriptors.Length)
                            descriptors[count++] = received;
                        else
                        {
                            Files.close(received);
                            overflow = true;
                        }
                    }
                }
                // struct ucred: pid, uid, gid
                else if (*(int*)(at + 8) == Sockets.SOL_SOCKET && *(int*)(at + 12) == Sockets.SCM_CREDENTIALS && length >= 16 + 12)
                    senderPid = *(int*)(at + 16);
                at += (length + 7) & ~7;
            }
            if (!overflow)
                return got;
            for (int i = 0; i < count; i++)
                Files.close(descriptors[i]);
            count = 0;
            // recvmsg() itself has not failed: whatever errno was before must not be taken for its reason
            System.Runtime.InteropServices.Marshal.SetLastSystemError(Errno.EMFILE);
            return -1;
        }
    }
}
