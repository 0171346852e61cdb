// uname(2): what the kernel says of itself, also where /proc is not mounted.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Baton.Interop.Linux;

public static partial class SystemIdentity
{
    // SAFETY: the caller passes room for struct utsname.
    [LibraryImport("libc")]
    private static unsafe partial int uname(byte* names);

    /// <summary>struct utsname: six names of this many bytes, each ended by a zero.</summary>
    private const int FieldLength = 65,
        FieldCount = 6;

    /// <summary>"Linux 6.1.0 #1 SMP ... x86_64": name, release, version and machine.</summary>
    public static unsafe string Describe()
    {
        byte* names = stackalloc byte[FieldLength * FieldCount];
        if (uname(names) < 0)
            return "Linux";
        // SAFETY: every field is inside the buffer and read up to its own length.
        string Field(int index)
        {
            var bytes = new ReadOnlySpan<byte>(names + index * FieldLength, FieldLength);
            int end = bytes.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        }
        return $"{Field(0)} {Field(2)} {Field(3)} {Field(4)}";
    }
}
