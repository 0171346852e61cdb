// zlib's structure as this process has it: the library checks its size itself, and refuses another one.
using System;
using System.IO;
using System.IO.Compression;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Filters.Compression;
using Baton.Interop.Zlib;
using Xunit;

namespace Baton.UnitTests.Interop;

public sealed unsafe class ZlibTests
{
    [Fact]
    public void The_structure_has_the_size_that_the_library_expects()
    {
        Assert.True(Zlib.IsInstalled);
        Assert.Equal(112, sizeof(ZStream));
        Assert.NotNull(Deflater.Create(new GlobalConfig(), CompressionAlgorithm.Gzip));
    }

    /// <summary>Room for a few bytes at a time, and an end that does not fit: nothing is lost.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_message_through_small_rooms(int room)
    {
        Deflater deflater = Deflater.Create(new GlobalConfig(), CompressionAlgorithm.Gzip)!;
        byte[] text = Encoding.ASCII.GetBytes(string.Join(' ', System.Linq.Enumerable.Range(0, 2000)));
        for (int level = 0; level < 10; level += 3)
        {
            using var made = new MemoryStream();
            deflater.Begin(1);
            byte[] to = new byte[room];
            int at = 0,
                written;
            while (at < text.Length)
            {
                written = deflater.Run(text.AsSpan(at, Math.Min(700, text.Length - at)), to, level, false, out int taken);
                made.Write(to, 0, written);
                at += taken;
            }
            do
            {
                written = deflater.Run(default, to, level, true, out _);
                made.Write(to, 0, written);
            } while (written == to.Length);
            made.Position = 0;
            using var plain = new GZipStream(made, CompressionMode.Decompress);
            using var back = new MemoryStream();
            plain.CopyTo(back);
            Assert.Equal(text, back.ToArray());
        }
        deflater.Free();
    }

    [Fact]
    public void Memory_that_is_not_there_is_not_given()
    {
        var use = new CompressionUse(new GlobalConfig { MaxZlibMemory = 1 }, 1);
        var pool = new DeflaterPool(use);
        var rented = new System.Collections.Generic.List<Deflater>();
        while (pool.Rent(CompressionAlgorithm.Gzip) is { } one)
            rented.Add(one);
        Assert.InRange(rented.Count, 3, 4);
        Assert.InRange(use.Memory, 1, use.MemoryLimit);
        Assert.True(use.IsScarce);
        foreach (Deflater one in rented)
            pool.Return(one);
        // what nobody could have had is given back, and of what is idle others may be made
        Assert.InRange(use.Memory, 0, use.MemoryLimit / 2);
        Assert.NotNull(pool.Rent(CompressionAlgorithm.Deflate));
    }
}
