// The headers of the packet that opened a client's connection (bind "tcp-ss", fetch fc_saved_syn).
// SAFETY: what getsockopt writes is bounded by the length that goes with it, of an array that is pinned for the call.
using System;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

/// <summary>Asked of the kernel once for each connection that somebody asks about.</summary>
internal sealed unsafe class FirstPacket
{
    /// <summary>Longest IP and TCP headers, and room for those of a link.</summary>
    private const int Longest = 256;

    private readonly byte[] _bytes = new byte[Longest];
    private int _length = -1;

    public void Forget() => _length = -1;

    public ReadOnlySpan<byte> Of(int fd)
    {
        if (_length < 0)
        {
            _length = 0;
            int length = Longest;
            fixed (byte* p = _bytes)
                if (Sockets.getsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_SAVED_SYN, p, &length) == 0)
                    _length = length;
        }
        return new ReadOnlySpan<byte>(_bytes, 0, _length);
    }
}
