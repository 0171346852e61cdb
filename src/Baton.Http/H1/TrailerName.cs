// The name of a trailer field as its bytes come by, one at a time: tells the few that no trailer may have.
using System;
using Baton.Http.Headers;

namespace Baton.Http.H1;

/// <summary>
/// A message has begun by its Content-Length, Transfer-Encoding and Host: behind the body they can only be meant for a reader that takes
/// trailer fields for header fields (RFC 9110 §6.5.1). <c>default</c> is the start of a name.
/// </summary>
internal struct TrailerName
{
    private const int Candidates = 3;

    private byte _length;

    /// <summary>One bit for each candidate that the name is not.</summary>
    private byte _excluded;

    private static ReadOnlySpan<byte> Candidate(int index) =>
        index switch
        {
            0 => "content-length"u8,
            1 => "transfer-encoding"u8,
            _ => "host"u8,
        };

    public void Add(byte b)
    {
        for (int i = 0; i < Candidates; i++)
        {
            ReadOnlySpan<byte> name = Candidate(i);
            if (_length >= name.Length || name[_length] != ByteClass.ToLower(b))
                _excluded |= (byte)(1 << i);
        }
        // longer than any of them is long enough
        if (_length < byte.MaxValue)
            _length++;
    }

    /// <summary>The name, now that it has ended, is one of them.</summary>
    public readonly bool TellsTheEnd
    {
        get
        {
            for (int i = 0; i < Candidates; i++)
                if ((_excluded & (1 << i)) == 0 && _length == Candidate(i).Length)
                    return true;
            return false;
        }
    }
}
