// libnghttp2's HPACK, the code that most of the world's HTTP/2 goes through, beside which ours is held. The library comes with h2load,
// which the scenarios need anyway; where it is missing the tests that ask it are skipped.
// SAFETY: what is passed lives for the call; the library's objects are freed with this one.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Baton.UnitTests.Http.H2;

/// <summary>An inflater and a deflater of one connection.</summary>
internal sealed unsafe class Nghttp2 : IDisposable
{
    [StructLayout(LayoutKind.Sequential)]
    private struct Pair
    {
        public byte* Name;
        public byte* Value;
        public nuint NameLength;
        public nuint ValueLength;
        public byte Flags;
    }

    private const byte NoIndex = 1;
    private const int Final = 1,
        Emit = 2;

    private static readonly nint s_library = NativeLibrary.TryLoad("libnghttp2.so.14", out nint library) ? library : 0;
    private nint _inflater,
        _deflater;

    public static bool IsThere => s_library != 0;

    private static nint Symbol(string name) => NativeLibrary.GetExport(s_library, "nghttp2_hd_" + name);

    public Nghttp2()
    {
        nint inflater,
            deflater;
        if (
            ((delegate* unmanaged<nint*, int>)Symbol("inflate_new"))(&inflater) != 0
            || ((delegate* unmanaged<nint*, nuint, int>)Symbol("deflate_new"))(&deflater, 4096) != 0
        )
            throw new InvalidOperationException("libnghttp2");
        (_inflater, _deflater) = (inflater, deflater);
    }

    public void Dispose()
    {
        ((delegate* unmanaged<nint, void>)Symbol("inflate_del"))(_inflater);
        ((delegate* unmanaged<nint, void>)Symbol("deflate_del"))(_deflater);
        (_inflater, _deflater) = (0, 0);
    }

    /// <summary>The table that the deflater may use from now on.</summary>
    public void DeflateWith(int tableSize) =>
        _ = ((delegate* unmanaged<nint, nuint, int>)Symbol("deflate_change_table_size"))(_deflater, (nuint)tableSize);

    /// <summary>The table that the inflater has announced, and its peer has taken note of.</summary>
    public void InflateWith(int tableSize) =>
        _ = ((delegate* unmanaged<nint, nuint, int>)Symbol("inflate_change_table_size"))(_inflater, (nuint)tableSize);

    /// <summary>A block of the fields; "!" before a name: never to be indexed.</summary>
    public byte[] Deflate(IReadOnlyList<(string Name, string Value)> fields)
    {
        var pairs = new Pair[fields.Count];
        var handles = new List<GCHandle>();
        byte* Pin(string text)
        {
            byte[] bytes = [.. Encoding.Latin1.GetBytes(text), 0];
            handles.Add(GCHandle.Alloc(bytes, GCHandleType.Pinned));
            return (byte*)handles[^1].AddrOfPinnedObject();
        }
        for (int i = 0; i < pairs.Length; i++)
        {
            (string name, string value) = fields[i];
            byte flags = 0;
            if (name.StartsWith('!'))
                (name, flags) = (name[1..], NoIndex);
            pairs[i] = new Pair
            {
                Name = Pin(name),
                NameLength = (nuint)name.Length,
                Value = Pin(value),
                ValueLength = (nuint)value.Length,
                Flags = flags,
            };
        }
        byte[] block = new byte[100_000];
        nint length;
        fixed (Pair* p = pairs)
        fixed (byte* to = block)
            length = ((delegate* unmanaged<nint, byte*, nuint, Pair*, nuint, nint>)Symbol("deflate_hd"))(
                _deflater,
                to,
                (nuint)block.Length,
                p,
                (nuint)pairs.Length
            );
        foreach (GCHandle handle in handles)
            handle.Free();
        return length < 0 ? throw new InvalidOperationException($"deflate: {length}") : block[..(int)length];
    }

    /// <summary>The fields of a block as <see cref="FieldList"/> has them, or null when it cannot be decoded.</summary>
    public string? Inflate(byte[] block)
    {
        var fields = new List<string>();
        var inflate = (delegate* unmanaged<nint, Pair*, int*, byte*, nuint, int, nint>)Symbol("inflate_hd2");
        byte[] copy = [.. block, 0];
        fixed (byte* start = copy)
        {
            byte* at = start;
            int flags = 0;
            while ((flags & Final) == 0)
            {
                Pair pair = default;
                flags = 0;
                nint used = inflate(_inflater, &pair, &flags, at, (nuint)(start + block.Length - at), 1);
                if (used < 0)
                    return null;
                at += used;
                if ((flags & Emit) != 0)
                    fields.Add(
                        $"{((pair.Flags & NoIndex) != 0 ? "!" : "")}{Text(pair.Name, pair.NameLength)}: {Text(pair.Value, pair.ValueLength)}"
                    );
            }
        }
        _ = ((delegate* unmanaged<nint, int>)Symbol("inflate_end_headers"))(_inflater);
        return string.Join('\n', fields);
    }

    private static string Text(byte* text, nuint length) => Encoding.Latin1.GetString(text, (int)length);
}
