// Where the entries of a table live: pages from the kernel, taken in large pieces and given out in small ones, never more than the
// entries that the table may have need.
// SAFETY: what is handed out is zeroed, belongs to the shard that asked for it, and stays until the table is disposed of.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Core.Buffers;

namespace Baton.Engine.StickTables;

/// <summary>Shared by the shards of a table; asked once for some hundred entries.</summary>
/// <param name="most">Bytes that it may need.</param>
/// <param name="region">Where a large table has them from; null for pages of this process alone.</param>
internal sealed unsafe class StickMemory(long most, StickRegion? region)
{
    private readonly record struct Piece(nint At, int Bytes);

    private const int LargestPiece = 1 << 20;

    private readonly Lock _gate = new();
    private readonly List<Piece> _pieces = [];
    private byte* _free;
    private int _left;
    private long _taken;

    /// <summary>Bytes that have been taken from the system.</summary>
    public long Taken => region?.Taken ?? Volatile.Read(ref _taken);
    public StickRegion? Region => region;

    /// <summary>Null when there is no memory.</summary>
    public byte* Take(int shard, int bytes) => region is null ? TakePiece(bytes) : region.Take(shard, bytes);

    private byte* TakePiece(int bytes)
    {
        lock (_gate)
        {
            if (_left < bytes)
            {
                int piece = Pages.Round((int)Math.Max(bytes, Math.Min(LargestPiece, most - _taken)));
                byte* at = Pages.Map(piece);
                if (at is null)
                    return null;
                _pieces.Add(new Piece((nint)at, piece));
                _taken += piece;
                _free = at;
                _left = piece;
            }
            byte* given = _free;
            _free += bytes;
            _left -= bytes;
            return given;
        }
    }

    /// <summary>Gives everything back. SAFETY: nobody looks at the table any more.</summary>
    public void Release()
    {
        region?.Dispose();
        lock (_gate)
        {
            foreach (Piece piece in _pieces)
                Pages.Unmap((byte*)piece.At, piece.Bytes);
            _pieces.Clear();
            _left = 0;
        }
    }
}
