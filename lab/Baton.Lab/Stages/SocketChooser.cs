// The smallest useful program of type BPF_PROG_TYPE_SK_REUSEPORT: "give the SYN to the socket at index 0 of the map". Loaded with bpf(2),
// no compiler and no library needed.
using System;
using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Baton.Lab.Stages;

internal sealed unsafe class SocketChooser : IDisposable
{
    private const int MapCreate = 0,
        MapUpdate = 2,
        ProgramLoad = 5;
    private const int TypeReuseportSockarray = 20,
        TypeSkReuseport = 21,
        AttachSelectOrMigrate = 40;
    private const int SolSocket = 1,
        SoAttachReuseportEbpf = 52,
        HelperSkSelectReuseport = 82;

    private readonly int _map,
        _program;

    public SocketChooser()
    {
        Span<byte> map = stackalloc byte[72];
        map.Clear();
        Put(map, 0, TypeReuseportSockarray);
        Put(map, 4, 4);
        Put(map, 8, 8);
        Put(map, 12, 1);
        _map = Check(Kernel.Bpf(MapCreate, map), "bpf: BPF_MAP_TYPE_REUSEPORT_SOCKARRAY");
        try
        {
            _program = Load(_map);
        }
        catch
        {
            Kernel.close(_map);
            throw;
        }
    }

    /// <summary>SYNs for the group of this listening socket go to it from now on.</summary>
    public void Choose(int listener)
    {
        int key = 0;
        long value = listener;
        Span<byte> update = stackalloc byte[32];
        update.Clear();
        Put(update, 0, _map);
        BinaryPrimitives.WriteInt64LittleEndian(update[8..], (nint)(&key));
        BinaryPrimitives.WriteInt64LittleEndian(update[16..], (nint)(&value));
        Check(Kernel.Bpf(MapUpdate, update), "bpf: the socket's place in the map");
        Check(Kernel.SetOption(listener, SolSocket, SoAttachReuseportEbpf, _program), "SO_ATTACH_REUSEPORT_EBPF");
    }

    private static int Load(int map)
    {
        // r2 = map; r10[-4] = 0; r3 = r10 - 4; r4 = 0; call bpf_sk_select_reuseport(r1, r2, r3, r4); return SK_PASS:
        // without a socket at the index the kernel chooses by hash
        ReadOnlySpan<ulong> code =
        [
            Instruction(0x18, 2, 1, 0, map),
            0,
            Instruction(0x62, 10, 0, -4, 0),
            Instruction(0xbf, 3, 10, 0, 0),
            Instruction(0x07, 3, 0, 0, -4),
            Instruction(0xb7, 4, 0, 0, 0),
            Instruction(0x85, 0, 0, 0, HelperSkSelectReuseport),
            Instruction(0xb7, 0, 0, 0, 1),
            Instruction(0x95, 0, 0, 0, 0),
        ];
        Span<byte> load = stackalloc byte[72],
            log = stackalloc byte[4096];
        load.Clear();
        ReadOnlySpan<byte> license = "Apache-2.0\0"u8;
        fixed (ulong* c = code)
        fixed (
            byte* l = license,
                text = log
        )
        {
            Put(load, 0, TypeSkReuseport);
            Put(load, 4, code.Length);
            BinaryPrimitives.WriteInt64LittleEndian(load[8..], (nint)c);
            BinaryPrimitives.WriteInt64LittleEndian(load[16..], (nint)l);
            Put(load, 68, AttachSelectOrMigrate);
            int program = Kernel.Bpf(ProgramLoad, load);
            if (program >= 0)
                return program;
            // once more with the verifier's words
            Put(load, 24, 1);
            Put(load, 28, log.Length);
            BinaryPrimitives.WriteInt64LittleEndian(load[32..], (nint)text);
            int again = Kernel.Bpf(ProgramLoad, load);
            return again >= 0 ? again : Check(again, $"bpf: BPF_PROG_TYPE_SK_REUSEPORT: {Marshal.PtrToStringUTF8((nint)text)?.Trim()}");
        }
    }

    private static ulong Instruction(byte operation, int destination, int source, short offset, int immediate) =>
        operation | (ulong)(destination | source << 4) << 8 | (ulong)(ushort)offset << 16 | (ulong)(uint)immediate << 32;

    private static void Put(Span<byte> at, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(at[offset..], value);

    private static int Check(int result, string what) =>
        result >= 0 ? result : throw new LabException($"{what}: {new Win32Exception(-result).Message}");

    public void Dispose()
    {
        Kernel.close(_program);
        Kernel.close(_map);
    }
}
