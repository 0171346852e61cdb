// A terminal as a program that draws on the whole of it needs it: keys one by one, its size, and how it was before.
// SAFETY: a struct termios is 60 bytes here; the room for one is larger, and lives as long as the call.
using System;
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe partial class Terminal
{
    private const int SettingsRoom = 128,
        TCSAFLUSH = 2;
    private const nuint TIOCGWINSZ = 0x5413;

    [LibraryImport("libc")]
    private static partial int tcgetattr(int fd, byte* settings);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int fd, int when, byte* settings);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(byte* settings);

    [LibraryImport("libc")]
    private static partial int ioctl(int fd, nuint request, void* argument);

    /// <summary>Keys come one by one and unseen from here on. How it was, for <see cref="Restore"/>; null where there is no
    /// terminal.</summary>
    public static byte[]? MakeRaw(int fd)
    {
        byte[] before = new byte[SettingsRoom],
            raw = new byte[SettingsRoom];
        fixed (
            byte* old = before,
                settings = raw
        )
        {
            if (tcgetattr(fd, old) != 0 || tcgetattr(fd, settings) != 0)
                return null;
            cfmakeraw(settings);
            return tcsetattr(fd, TCSAFLUSH, settings) == 0 ? before : null;
        }
    }

    public static void Restore(int fd, byte[] before)
    {
        fixed (byte* settings = before)
            tcsetattr(fd, TCSAFLUSH, settings);
    }

    /// <summary>Rows and columns; false where there are none.</summary>
    public static bool TryGetSize(int fd, out int rows, out int columns)
    {
        // struct winsize: rows, columns, and two words of pixels
        ushort* size = stackalloc ushort[4];
        bool known = ioctl(fd, TIOCGWINSZ, size) == 0 && size[0] > 0 && size[1] > 0;
        (rows, columns) = known ? (size[0], size[1]) : (0, 0);
        return known;
    }
}
