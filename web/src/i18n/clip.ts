import type { Text } from './catalogue.ts';

export const clip = {
  'clip.title': ['Đoạn phim thử hình và tiếng', 'Test clip for picture and sound'],
  'clip.lead': [
    'Mỗi giây màn hình lóe trắng và có một tiếng "tít". Khi đo kiểm, hệ thống nhận ra đoạn phim này và cho biết tiếng của phòng họp có khớp với hình không.',
    'Every second the screen flashes white and there is a pip. The rehearsal recognises this clip, and tells whether the room\'s sound is in step with its picture.',
  ],
  'clip.step_place': ['Mở trang này trên điện thoại hoặc máy tính xách tay, đưa màn hình vào giữa khung hình của camera.', 'Open this page on a telephone or a laptop, and hold its screen into the middle of the camera\'s picture.'],
  'clip.step_loud': ['Bật loa của máy đó đủ to, gần micro của phòng họp.', 'Turn its loudspeaker up, near the room\'s microphone.'],
  'clip.step_rehearse': ['Cho phát cho tới khi đo kiểm xong điểm cầu này.', 'Let it play until the site has been examined.'],
  'clip.play': ['Phát', 'Play'],
  'clip.stop': ['Dừng', 'Stop'],
  'clip.open': ['Đo hình và tiếng có khớp nhau: mở đoạn phim thử', 'Are picture and sound in step? Open the test clip'],
} as const satisfies Record<string, Text>;
