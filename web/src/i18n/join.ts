import type { Text } from './catalogue.ts';

export const join = {
  'join.title': ['Vào họp bằng mã', 'Join by code'],
  'join.code': ['Mã vào họp', 'Code'],
  'join.hint': ['9 chữ số do phòng điều khiển đọc hoặc gửi', '9 digits from the control room'],
  'join.go': ['Vào họp', 'Join'],
  'join.incomplete': ['Mã gồm 9 chữ số.', 'A code has 9 digits.'],
  'join.account': ['Đăng nhập bằng tài khoản', 'Sign in with an account'],
  'kiosk.title': ['Máy phòng họp', 'Room computer'],
  'kiosk.full_screen': ['Chạm để mở toàn màn hình', 'Touch for full screen'],
  'kiosk.waiting': ['Đang chờ phiên họp', 'Waiting for a session'],
  'kiosk.none_today': ['Hôm nay không còn phiên họp nào khác', 'No more sessions today'],
  'kiosk.next': ['Phiên họp kế tiếp hôm nay, {time}', 'Next session today, {time}'],
  'kiosk.soon': ['Đã đến giờ, chờ phòng điều khiển mở phiên họp', 'It is time; the control room will open the session'],
  'kiosk.by_itself': ['Máy tự vào họp khi phiên họp mở. Không cần thao tác.', 'This computer joins by itself when the session opens.'],
  'kiosk.away': ['Mất kết nối máy chủ, đang thử lại', 'The server is away, trying again'],
  'kiosk.ended': ['Đường dẫn của máy phòng họp không còn hiệu lực', 'The link of this room computer is no longer valid'],
  'kiosk.ended_do': ['Mở đường dẫn mới nhất do người phụ trách điểm cầu tạo.', 'Open the latest link, made by whoever answers for the site.'],
} as const satisfies Record<string, Text>;
