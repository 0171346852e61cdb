// One compressor: a stream of zlib's, reset for each message.
// SAFETY: the structure lies outside the heap, from Create to Free, for zlib's state points back to it; input and output are pinned for
// the call, and forgotten behind it.
using System;
using System.Runtime.InteropServices;
using Baton.Configuration.Model;
using Baton.Interop.Zlib;

namespace Baton.Engine.Filters.Compression;

/// <summary>OWNER: one worker.</summary>
internal sealed unsafe class Deflater
{
    private readonly ZStream* _stream;

    private Deflater(ZStream* stream, CompressionAlgorithm algorithm, int level, long size)
    {
        _stream = stream;
        Algorithm = algorithm;
        Level = level;
        Size = size;
    }

    public CompressionAlgorithm Algorithm { get; }
    public int Level { get; private set; }

    /// <summary>Bytes that it has.</summary>
    public long Size { get; }

    /// <summary>COMPAT: zlib has no window of 256 bytes without its own header.</summary>
    private static int WindowBits(GlobalConfig settings) => Math.Max(9, settings.ZlibWindowSize);

    /// <summary>Null when there is no memory for it.</summary>
    public static Deflater? Create(GlobalConfig settings, CompressionAlgorithm algorithm)
    {
        var stream = (ZStream*)NativeMemory.AllocZeroed((nuint)(sizeof(ZStream) + sizeof(long)));
        var size = (long*)(stream + 1);
        stream->Opaque = size;
        stream->Allocate = (delegate* unmanaged<void*, uint, uint, void*>)&Allocate;
        stream->Free = (delegate* unmanaged<void*, void*, void>)&Free;
        int bits = WindowBits(settings);
        bits = algorithm switch
        {
            CompressionAlgorithm.Gzip => bits + Zlib.GzipWrapper,
            CompressionAlgorithm.RawDeflate => -bits,
            _ => bits,
        };
        if (Zlib.DeflateInit(stream, settings.MaxCompressionLevel, bits, settings.ZlibMemoryLevel) == Zlib.Z_OK)
            return new Deflater(stream, algorithm, settings.MaxCompressionLevel, *size + sizeof(ZStream));
        NativeMemory.Free(stream);
        return null;
    }

    /// <summary>Memory for zlib, which is counted where its stream says; nothing when there is none.</summary>
    [UnmanagedCallersOnly]
    private static void* Allocate(void* counter, uint items, uint size)
    {
        try
        {
            void* memory = NativeMemory.Alloc(items, size);
            *(long*)counter += (long)items * size;
            return memory;
        }
        catch (Exception)
        {
            return null;
        }
    }

    [UnmanagedCallersOnly]
    private static void Free(void* counter, void* memory)
    {
        try
        {
            NativeMemory.Free(memory);
        }
        catch (Exception)
        {
            // it throws nothing; C could not carry it
        }
    }

    public void Free()
    {
        Zlib.deflateEnd(_stream);
        NativeMemory.Free(_stream);
    }

    /// <summary>A message begins.</summary>
    public void Begin(int level)
    {
        Zlib.deflateReset(_stream);
        _stream->AvailableIn = _stream->AvailableOut = 0;
        SetLevel(level);
    }

    /// <summary>From here on, as soon as there is room for what it has in hand.</summary>
    public void SetLevel(int level)
    {
        if (level == Level)
            return;
        if (Zlib.deflateParams(_stream, level, Zlib.Z_DEFAULT_STRATEGY) == Zlib.Z_OK)
            Level = level;
    }

    /// <summary>Compresses, and gives what it has at the end of a message or where nothing more comes for now (no input).</summary>
    public int Run(ReadOnlySpan<byte> from, Span<byte> to, int level, bool isEnd, out int taken)
    {
        fixed (byte* input = from)
        fixed (byte* output = to)
        {
            _stream->NextOut = output;
            _stream->AvailableOut = (uint)to.Length;
            _stream->NextIn = input;
            _stream->AvailableIn = 0;
            SetLevel(level);
            _stream->AvailableIn = (uint)from.Length;
            int result = Zlib.deflate(
                _stream,
                isEnd ? Zlib.Z_FINISH
                    : from.IsEmpty ? Zlib.Z_SYNC_FLUSH
                    : Zlib.Z_NO_FLUSH
            );
            taken = from.Length - (int)_stream->AvailableIn;
            int made = to.Length - (int)_stream->AvailableOut;
            _stream->NextIn = _stream->NextOut = null;
            if (result is Zlib.Z_OK or Zlib.Z_STREAM_END or Zlib.Z_BUF_ERROR)
                return made;
        }
        throw new InvalidOperationException("zlib refuses to go on");
    }
}
