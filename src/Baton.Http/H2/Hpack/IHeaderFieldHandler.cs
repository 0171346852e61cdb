// Whom an HPACK decoder tells what it reads.
using System;

namespace Baton.Http.H2.Hpack;

/// <summary>Takes the fields of a block, one by one. A struct, so that the decoder is compiled for each.</summary>
public interface IHeaderFieldHandler
{
    /// <summary>
    /// The next field. Name and value are valid during the call and may be any bytes at all, none among them.
    /// <paramref name="isNeverIndexed"/>: whoever sends it on must not index it either (RFC 7541 §6.2.3). False: no more of them are
    /// wanted; the rest is decoded all the same, to keep the table in step.
    /// </summary>
    bool OnField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed);

    /// <summary>The next field is longer than the decoder's scratch memory; it and those behind it are not told.</summary>
    void OnTooLong();
}
