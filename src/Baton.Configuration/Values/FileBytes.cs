// Reads a file that the configuration or the command line names: whatever is there, a missing file or a device without an end, comes
// to bytes or to a reason in the system's words.
using System;
using System.IO;

namespace Baton.Configuration.Values;

public static class FileBytes
{
    /// <summary>More than any file of ours has, and more than a pipe or a device gives that is not one without an end.</summary>
    private const int Most = 1 << 30,
        MostUnsized = 64 << 20;

    /// <summary>All of it; null with the reason when it cannot be read.</summary>
    public static byte[]? Read(string path, out string why)
    {
        using FileStream? stream = Open(path, out why, out long most);
        if (stream is null)
            return null;
        try
        {
            long size = stream.CanSeek ? stream.Length : 0;
            byte[] bytes = new byte[size > 0 ? size + 1 : 1 << 16];
            int length = 0;
            for (int n; (n = stream.Read(bytes, length, bytes.Length - length)) > 0; )
            {
                length += n;
                if (length >= most)
                {
                    why = "File too large";
                    return null;
                }
                if (length == bytes.Length)
                    Array.Resize(ref bytes, bytes.Length * 2);
            }
            Array.Resize(ref bytes, length);
            return bytes;
        }
        catch (IOException e)
        {
            why = e.Message;
        }
        return null;
    }

    /// <summary>For who reads it piece by piece, and stops at <paramref name="most"/> bytes: it has no end then. Null with the reason when
    /// it cannot be read.</summary>
    public static FileStream? Open(string path, out string why, out long most)
    {
        why = "";
        most = 0;
        if (path.Length == 0 || path.Contains('\0'))
        {
            why = "No such file or directory";
            return null;
        }
        try
        {
            if (Directory.Exists(path))
            {
                why = "Is a directory";
                return null;
            }
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            long size = stream.CanSeek ? stream.Length : 0;
            most = size > 0 ? Most : MostUnsized;
            if (size < Most)
                return stream;
            stream.Dispose();
            why = "File too large";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            why = "No such file or directory";
        }
        catch (UnauthorizedAccessException)
        {
            why = "Permission denied";
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            why = e.Message;
        }
        return null;
    }
}
